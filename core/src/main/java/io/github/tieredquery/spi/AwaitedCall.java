package io.github.tieredquery.spi;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call on a thread of its own, which its caller can give up. The threads are daemons, made when they are needed and
 * kept for some seconds: there are as many as calls are waited for, and those that were given up until they end by
 * themselves.
 */
final class AwaitedCall<T extends @Nullable Object> {

    private static final Logger LOG = LoggerFactory.getLogger(ScanControl.class);
    private static final int IDLE_SECONDS = 20;
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Executor THREADS = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), AwaitedCall::daemon);

    /** What becomes of a call that nobody waits for any more. */
    enum WhenGivenUp {
        LEAVE_ALONE,
        INTERRUPT
    }

    private final Supplier<T> call;
    private final Consumer<? super T> unwanted;
    private final WhenGivenUp whenGivenUp;
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Object lock = new Object();
    private @Nullable Thread running;
    private boolean givenUp;
    private boolean ended;
    private @Nullable T value;
    private @Nullable Throwable failure;

    AwaitedCall(Supplier<T> call, Consumer<? super T> unwanted, WhenGivenUp whenGivenUp) {
        this.call = call;
        this.unwanted = unwanted;
        this.whenGivenUp = whenGivenUp;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "tieredquery-call-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        THREADS.execute(this::run);
    }

    private void run() {
        Thread thread = Thread.currentThread();
        thread.setContextClassLoader(loader);
        synchronized (lock) {
            if (givenUp) {
                return;
            }
            running = thread;
        }
        @Nullable T given = null;
        Throwable thrown = null;
        try {
            given = call.get();
        } catch (Throwable e) {
            thrown = e;
        }
        boolean late;
        synchronized (lock) {
            running = null;
            late = givenUp;
            value = given;
            failure = thrown;
            ended = true;
        }
        over.countDown();
        if (late) {
            // An interrupt may have come when the call was over already.
            Thread.interrupted();
            discard(given, thrown);
        }
    }

    @SuppressWarnings("NullAway") // null if the call has given null, which it only does where T allows it
    private void discard(@Nullable T given, @Nullable Throwable thrown) {
        if (thrown != null) {
            LOG.debug("a call that was given up has failed", thrown);
            return;
        }
        try {
            unwanted.accept(given);
        } catch (RuntimeException e) {
            LOG.warn("what came after a query had stopped could not be given back", e);
        }
    }

    /** Frees whoever waits for the result. */
    void giveUp() {
        synchronized (lock) {
            if (ended) {
                return;
            }
            givenUp = true;
            if (running != null && whenGivenUp == WhenGivenUp.INTERRUPT) {
                running.interrupt();
            }
        }
        over.countDown();
    }

    /**
     * Waits for the result.
     *
     * @throws CancellationException if the call was given up
     */
    @SuppressWarnings("NullAway") // see discard
    T result() throws InterruptedException {
        over.await();
        synchronized (lock) {
            if (givenUp) {
                throw new CancellationException("given up");
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
            return value;
        }
    }
}
