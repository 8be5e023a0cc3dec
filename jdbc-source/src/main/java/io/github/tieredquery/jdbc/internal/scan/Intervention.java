package io.github.tieredquery.jdbc.internal.scan;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where what may block in a silent network is done: on daemon threads that nobody waits for. A clock starts them, and
 * does nothing itself.
 */
final class Intervention {

    private static final int IDLE_SECONDS = 20;
    private static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> daemon(task, "tieredquery-intervention"));
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private Intervention() {}

    private static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor clock =
                new ScheduledThreadPoolExecutor(1, task -> daemon(task, "tieredquery-interventions"));
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Does it at once, elsewhere. */
    static void start(Runnable task) {
        THREADS.execute(task);
    }

    /** Does it at once, elsewhere, for somebody who waits for it. */
    static Future<?> submit(Runnable task) {
        return THREADS.submit(task);
    }

    /** Does it elsewhere after some time, unless it is cancelled before. */
    static ScheduledFuture<?> after(long millis, Runnable task) {
        return CLOCK.schedule(() -> THREADS.execute(task), millis, TimeUnit.MILLISECONDS);
    }
}
