package io.github.tieredquery.dynamodb.internal.calls;

import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One scan's calls. What runs in the background has a control of its own, which ends with the scan: the query's must go
 * on for the query's other scans. Closing it stops all of them, and whoever waits for one. Thread-safe.
 */
public final class ScanSession implements AutoCloseable {

    private final DynamoCalls calls;
    private final ExecutorService executor;
    private final ScanControl control;
    private final ScanControl background = ScanControl.unlimited();
    private final ScanControl.Registration stop;
    private final Consumer<ScanSession> onClose;
    private final CapacityMeter meter = new CapacityMeter();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A scan's calls.
     *
     * @param onClose is told when it is closed
     */
    public ScanSession(
            DynamoCalls calls, ExecutorService executor, ScanControl control, Consumer<ScanSession> onClose) {
        this.calls = calls;
        this.executor = executor;
        this.control = control;
        this.onClose = onClose;
        this.stop = control.onStop(background::cancel);
    }

    public DynamoCalls calls() {
        return calls;
    }

    public CapacityMeter meter() {
        return meter;
    }

    /** Makes a call on this thread, one of the background's. */
    public <R> R call(String what, Supplier<R> call) {
        return calls.repeatable(what, background, call);
    }

    void backOff(int failed, String what) {
        calls.backoff().await(failed, background, calls.doing(what));
    }

    public <R> Future<R> start(Supplier<R> task) {
        FutureTask<R> future = new FutureTask<>(task::get);
        ScanControl.Registration stopping = background.onStop(() -> future.cancel(true));
        try {
            executor.execute(() -> {
                future.run();
                stopping.close();
            });
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(calls.name() + " is closed", e);
        }
        return future;
    }

    public <R> R await(Future<R> future, String what) {
        return calls.await(future, control, what);
    }

    public void check() {
        if (closed.get()) {
            throw new IllegalStateException("a closed cursor of " + calls.name() + " was read");
        }
        control.check("reading from " + calls.name());
    }

    public ScanStats stats() {
        return new ScanStats(null, -1, meter.units());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stop.close();
            background.cancel();
            onClose.accept(this);
        }
    }
}
