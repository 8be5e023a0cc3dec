package io.github.tieredquery.spi;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Wakes queries whose timeout passes while all their threads are blocked in a backend. One daemon thread looks at the
 * clock; what has to be stopped is stopped on a thread of its own, since a backend may be slow to answer.
 */
final class Deadlines {

    private static final ScheduledExecutorService CLOCK =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "tieredquery-deadlines"));

    /** No query blocks for longer; the sum of the clock and a longer time may not fit into a long. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private Deadlines() {}

    /** Holds the control weakly: a query that is over is not kept until its timeout. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    static void watch(ScanControl control, Duration timeout) {
        if (timeout.compareTo(LONGEST) > 0) {
            return;
        }
        WeakReference<ScanControl> query = new WeakReference<>(control);
        CLOCK.schedule(() -> stop(query), timeout.toMillis() + 1, TimeUnit.MILLISECONDS);
    }

    private static void stop(WeakReference<ScanControl> query) {
        ScanControl control = query.get();
        if (control != null && !control.isStopped()) {
            daemon(control::timeOut, "tieredquery-timeout").start();
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
