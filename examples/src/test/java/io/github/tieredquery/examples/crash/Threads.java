package io.github.tieredquery.examples.crash;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Waits for threads, and tells where they are if they don't end. */
final class Threads {

    private Threads() {}

    /** Waits for all, so long in total; who still isn't there is hanging. */
    static void await(Collection<? extends Future<?>> work, Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        for (Future<?> each : work) {
            try {
                each.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("not done after " + time + ":\n" + dump(), e);
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
    }

    /** Waits for what others bring about, or so long; whoever calls it looks afterwards. */
    static void awaitThat(Callable<Boolean> condition, Duration time) throws Exception {
        long deadline = System.nanoTime() + time.toNanos();
        while (!condition.call() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    /** Where the threads of this process are. */
    static String dump() {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
                .map(ThreadInfo::toString)
                .collect(Collectors.joining());
    }
}
