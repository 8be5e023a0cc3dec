package io.github.tieredquery.spi;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the scans of one query when to stop: because the stream was closed, or because its timeout passed. Thread-safe.
 *
 * <p>A source calls {@link #check} between rows and while it waits, {@link #pause} where it would sleep, and registers
 * with {@link #onStop} what has to be stopped in the backend.
 */
public final class ScanControl {

    private static final Logger LOG = LoggerFactory.getLogger(ScanControl.class);

    private static final LongSupplier REAL = System::nanoTime;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private enum State {
        RUNNING,
        CANCELLED,
        TIMED_OUT
    }

    /** What {@link #onStop} registered. Closing it unregisters the action. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    private final @Nullable Duration timeout;
    private final long deadlineNanos;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private final Set<Runnable> actions = new LinkedHashSet<>();
    private State state = State.RUNNING;

    private ScanControl(@Nullable Duration timeout, @Nullable Duration rest, LongSupplier nanoTime) {
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.deadlineNanos = rest == null ? 0 : nanoTime.getAsLong() + nanos(rest);
    }

    /**
     * A control without a timeout.
     *
     * @return the control
     */
    public static ScanControl unlimited() {
        return new ScanControl(null, null, REAL);
    }

    /**
     * A control with a timeout that starts now. When it passes, what is registered with {@link #onStop} is stopped,
     * also while everybody is blocked and nobody calls {@link #check}.
     *
     * @param timeout how long the query may take, positive
     * @return the control
     */
    public static ScanControl within(Duration timeout) {
        ScanControl control = within(timeout, REAL);
        Deadlines.watch(control, timeout);
        return control;
    }

    /**
     * A control with a timeout that starts now, by a clock of the caller's.
     *
     * @param timeout how long the query may take, positive
     * @param nanoTime a clock as {@link System#nanoTime}
     * @return the control
     */
    public static ScanControl within(Duration timeout, LongSupplier nanoTime) {
        return new ScanControl(timeout, timeout, nanoTime);
    }

    /**
     * How much of the timeout is left.
     *
     * @return the rest, zero if it has passed; empty if there is no timeout
     */
    public Optional<Duration> remaining() {
        return timeout == null
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, deadlineNanos - nanoTime.getAsLong())));
    }

    /**
     * Fails if the query must stop.
     *
     * @param what what is being done, for the message: {@code reading from athena:lake.flights (execution 1f…)}
     * @throws QueryCancelledException if it was cancelled
     * @throws QueryTimedOutException if the timeout passed; the registered actions have been run
     */
    public void check(String what) {
        if (timeout != null && nanoTime.getAsLong() - deadlineNanos >= 0) {
            stop(State.TIMED_OUT);
        }
        switch (state()) {
            case RUNNING -> {}
            case CANCELLED -> throw new QueryCancelledException("the query was cancelled while " + what);
            case TIMED_OUT ->
                throw new QueryTimedOutException("the timeout of " + timeout + " passed while " + what
                        + "; what ran was stopped. Narrow the query or allow more time");
        }
    }

    /**
     * Waits, but not past the end of the query.
     *
     * @param time how long
     * @param what what is being waited for, for the message
     * @throws QueryCancelledException if it was cancelled, before or while waiting
     * @throws QueryTimedOutException if the timeout passed
     */
    public void pause(Duration time, String what) {
        check(what);
        try {
            await(nanos(remaining()
                    .map(rest -> rest.compareTo(time) < 0 ? rest : time)
                    .orElse(time)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop(State.CANCELLED);
            throw new QueryCancelledException("the thread was interrupted while " + what, e);
        }
        check(what);
    }

    private void await(long atMostNanos) throws InterruptedException {
        long nanos = atMostNanos;
        lock.lockInterruptibly();
        try {
            while (state == State.RUNNING && nanos > 0) {
                nanos = stopped.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes a call that can't be stopped, and waits for it no longer than the query lasts: a connection that a pool
     * doesn't give, a request whose answer is lost. It runs on a thread of its own, which is left to itself once the
     * query stops.
     *
     * @param what what is being waited for, for the message
     * @param call makes the call; its own exceptions come from here
     * @param unwanted takes what the call gives after the query has stopped, on the call's thread: gives it back, or
     *     closes it
     * @param <T> what the call gives
     * @return what the call has given
     * @throws QueryCancelledException if the query was cancelled, before or while waiting
     * @throws QueryTimedOutException if the timeout passed
     */
    public <T extends @Nullable Object> T await(String what, Supplier<T> call, Consumer<? super T> unwanted) {
        return await(what, new AwaitedCall<>(call, unwanted, AwaitedCall.WhenGivenUp.LEAVE_ALONE));
    }

    /**
     * {@linkplain #await Waits for a call} that an interrupt may end: its thread is interrupted when the query stops.
     *
     * @param what what is being waited for, for the message
     * @param call makes the call; its own exceptions come from here
     * @param unwanted takes what the call gives after the query has stopped, on the call's thread
     * @param <T> what the call gives
     * @return what the call has given
     * @throws QueryCancelledException if the query was cancelled, before or while waiting
     * @throws QueryTimedOutException if the timeout passed
     */
    public <T extends @Nullable Object> T awaitInterrupting(
            String what, Supplier<T> call, Consumer<? super T> unwanted) {
        return await(what, new AwaitedCall<>(call, unwanted, AwaitedCall.WhenGivenUp.INTERRUPT));
    }

    private <T extends @Nullable Object> T await(String what, AwaitedCall<T> call) {
        check(what);
        try (Registration registration = onStop(call::giveUp)) {
            call.start();
            return call.result();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop(State.CANCELLED);
            throw new QueryCancelledException("the thread was interrupted while " + what, e);
        } catch (CancellationException e) {
            check(what);
            throw e;
        }
    }

    /**
     * A control for what has to be said once the query is over: it stops by the same clock and some time later.
     *
     * @param more how much later, not negative
     * @return another control; it has no timeout if this one has none
     */
    public ScanControl later(Duration more) {
        Duration whole = timeout;
        if (whole == null) {
            return unlimited();
        }
        Duration rest = remaining().orElse(Duration.ZERO).plus(more);
        ScanControl control = new ScanControl(whole, rest, nanoTime);
        if (nanoTime == REAL) {
            Deadlines.watch(control, rest);
        }
        return control;
    }

    /** Durations beyond {@link Long#MAX_VALUE} nanoseconds (292 years) mean no limit. */
    private static long nanos(Duration time) {
        return time.compareTo(LONGEST) < 0 ? time.toNanos() : Long.MAX_VALUE;
    }

    /**
     * The milliseconds that are left, for an API that takes a timeout as a number.
     *
     * @param unit the unit of the result
     * @return at least 1, empty if there is no timeout
     */
    public Optional<Long> remaining(TimeUnit unit) {
        return remaining().map(rest -> Math.max(1, unit.convert(rest)));
    }

    /**
     * Registers what has to be done when the query stops early. If it has stopped already, the action runs at once.
     *
     * @param action stops something in the backend; must be quick, runs at most once, on the thread that stops the
     *     query
     * @return the registration, to be closed when there is nothing to stop any more
     */
    public Registration onStop(Runnable action) {
        Runnable once = new Runnable() {
            @Override
            public void run() {
                action.run();
            }
        };
        boolean now;
        lock.lock();
        try {
            now = state != State.RUNNING;
            if (!now) {
                actions.add(once);
            }
        } finally {
            lock.unlock();
        }
        if (now) {
            run(once);
        }
        return () -> {
            lock.lock();
            try {
                actions.remove(once);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Stops the query: runs the registered actions and wakes whoever pauses. Calling it again does nothing. */
    public void cancel() {
        stop(State.CANCELLED);
    }

    /**
     * Whether the query must stop.
     *
     * @return whether it was cancelled, or found to be past its timeout
     */
    public boolean isStopped() {
        return state() != State.RUNNING;
    }

    private State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** Stops the query because its timeout has passed, unless it has stopped already. */
    void timeOut() {
        stop(State.TIMED_OUT);
    }

    private void stop(State reason) {
        Set<Runnable> toRun;
        lock.lock();
        try {
            if (state == State.RUNNING) {
                state = reason;
            }
            toRun = new LinkedHashSet<>(actions);
            actions.clear();
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
        toRun.forEach(ScanControl::run);
    }

    /** An action that fails must not keep the others from running. */
    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("stopping a query: an action failed", e);
        }
    }
}
