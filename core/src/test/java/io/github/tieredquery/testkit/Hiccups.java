package io.github.tieredquery.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine has kept a thread waiting that had nothing to wait for: what a busy processor takes from every
 * call, and no call can help. A thread asks to be woken each few milliseconds, and adds up by how much it comes late.
 */
public final class Hiccups {

    private static final long TICK_NANOS = 5_000_000;
    private static final AtomicLong LATE_NANOS = new AtomicLong();

    static {
        Thread thread = new Thread(Hiccups::tick, "hiccups");
        thread.setDaemon(true);
        thread.start();
    }

    private Hiccups() {}

    private static void tick() {
        long before = System.nanoTime();
        while (true) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            LATE_NANOS.addAndGet(Math.max(0, now - before - TICK_NANOS));
            before = now;
        }
    }

    /** A call that is being timed. */
    public static final class Watch {

        private final long start = System.nanoTime();
        private final long late = LATE_NANOS.get();

        private Watch() {}

        /** How long it took, without what the machine has taken. */
        public Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - start - (LATE_NANOS.get() - late));
        }
    }

    /** Starts to time a call. */
    public static Watch start() {
        return new Watch();
    }
}
