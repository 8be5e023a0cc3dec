package io.github.tieredquery.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.MariaDatabase;
import io.github.tieredquery.jdbc.PostgresDatabase;
import io.github.tieredquery.jdbc.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The network fails again and again between the library and its database, Athena and S3: {@code -Dnetwork.faults=…}
 * says how often, {@code -Dnetwork.seed=…} how. No row is wrong, and every call comes back in its time and one second,
 * in which what this machine has kept its threads from running isn't counted.
 */
class NetworkFaultTest {

    private static final int FAULTS = Integer.getInteger("network.faults", 200);
    private static final long SEED = Long.getLong("network.seed", 1);
    /** Lanes on PostgreSQL, and one on MariaDB. */
    private static final int LANES = 5;

    private static final AthenaLocal ATHENA = AthenaLocal.start();

    @AfterAll
    static void stop() {
        ATHENA.close();
    }

    @Test
    void no_row_is_wrong_and_every_call_comes_back_in_its_time_whatever_the_network_does() throws Exception {
        long start = System.nanoTime();
        Differences differences = new Differences();
        Reader.Tally tally = new Reader.Tally();
        ExecutorService threads = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<?>> lanes = new ArrayList<>();
            for (int i = 0; i < LANES; i++) {
                int lane = i;
                lanes.add(threads.submit(() -> {
                    TestServer database = lane == 0 ? MariaDatabase.get() : PostgresDatabase.get();
                    try (NetworkLane service = new NetworkLane(database, ATHENA, SEED + lane, differences, tally)) {
                        service.survive((FAULTS + lane) / LANES);
                    }
                    return null;
                }));
            }
            for (Future<?> lane : lanes) {
                lane.get();
            }
        } finally {
            threads.shutdownNow();
        }
        long faults = tally.of("fault: database") + tally.of("fault: Athena") + tally.of("fault: S3");
        differences.first().forEach(System.out::println);
        System.out.println("network, seed " + SEED + ", " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)
                + " s: " + tally);
        System.out.println("network: " + faults + " faults, " + differences.count() + " differences, at most "
                + NetworkLane.slowest + " ms beyond the time of a call");
        assertThat(differences.first()).isEmpty();
        assertThat(faults).isGreaterThanOrEqualTo(FAULTS);
        for (String kind : List.of("CUT", "STALL", "HALF_CLOSE", "SWALLOW", "database", "Athena", "S3")) {
            assertThat(tally.of("fault: " + kind)).as(kind).isPositive();
        }
        assertThat(tally.of("all rows compared")).isPositive();
        assertThat(tally.of("export done")).isPositive();
    }
}
