package io.github.tieredquery.benchmarks;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * Two sides that do the same work, measured by JMH. They take turns, and change who goes first, so that whatever else
 * the machine does hits both; the medians are compared. Each run gives a checksum of every value it saw, and all must
 * be equal.
 */
final class Comparison {

    private static final int MOST_WARM_UPS = 3;

    private final String name;
    private final TimedBenchmark.Work ours;
    private final TimedBenchmark.Work peer;

    /**
     * A comparison.
     *
     * @param ours gives a checksum over all values of all rows
     * @param peer gives the same one
     */
    Comparison(String name, TimedBenchmark.Work ours, TimedBenchmark.Work peer) {
        this.name = name;
        this.ours = ours;
        this.peer = peer;
    }

    /**
     * Runs both sides and prints the result as the last line.
     *
     * @param rounds how often each side is measured, odd
     * @throws IllegalStateException if the sides see different values, or none
     */
    void run(PrintStream out, int rounds) throws Exception {
        long checksum = peer.run();
        if (checksum == 0) {
            throw new IllegalStateException(name + ": the peer saw no rows");
        }
        for (int i = 0; i < Math.min(rounds, MOST_WARM_UPS); i++) {
            measure(ours, checksum);
            measure(peer, checksum);
        }
        double[] oursMillis = new double[rounds];
        double[] peerMillis = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            if (i % 2 == 0) {
                oursMillis[i] = measure(ours, checksum);
                peerMillis[i] = measure(peer, checksum);
            } else {
                peerMillis[i] = measure(peer, checksum);
                oursMillis[i] = measure(ours, checksum);
            }
            out.printf(Locale.ROOT, "round %d: ours %.0f ms, peer %.0f ms%n", i + 1, oursMillis[i], peerMillis[i]);
        }
        double ourMedian = median(oursMillis);
        double peerMedian = median(peerMillis);
        out.printf(
                Locale.ROOT,
                "%s: ratio=%.3f (ours=%.0f peer=%.0f ms)%n",
                name,
                ourMedian / peerMedian,
                ourMedian,
                peerMedian);
    }

    private double measure(TimedBenchmark.Work side, long checksum) throws Exception {
        return TimedBenchmark.millis(name, side, checksum);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
