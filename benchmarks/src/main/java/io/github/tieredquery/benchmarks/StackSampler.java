package io.github.tieredquery.benchmarks;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Looks at what a thread is doing, every few milliseconds, and tells the share of each kind of work. Unlike a profiler
 * of the CPU it sees waiting as well.
 */
final class StackSampler implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(4);

    private final Thread target;
    private final Function<StackTraceElement[], String> kind;
    private final Thread sampler;
    private final Map<String, Long> nanos = new TreeMap<>();
    private volatile boolean stopped;

    /**
     * Starts.
     *
     * @param kind the kind of work that a stack is about, the innermost frame first
     */
    StackSampler(Thread target, Function<StackTraceElement[], String> kind) {
        this.target = target;
        this.kind = kind;
        this.sampler = new Thread(this::sample, "stack-sampler");
        sampler.setDaemon(true);
        sampler.start();
    }

    private void sample() {
        long before = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(INTERVAL.toNanos());
            String now = kind.apply(target.getStackTrace());
            long time = System.nanoTime();
            nanos.merge(now, time - before, Long::sum);
            before = time;
        }
    }

    /** How long each kind of work has taken, in nanoseconds. Stops. */
    Map<String, Long> nanos() throws InterruptedException {
        close();
        sampler.join();
        return nanos;
    }

    @Override
    public void close() {
        stopped = true;
    }
}
