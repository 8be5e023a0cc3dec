package io.github.tieredquery.dynamodb;

import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One scan's calls. What runs in the background has a control of its own, which ends with the scan: the query's must go
 * on for the query's other scans. Thread-safe.
 */
final class Reading implements AutoCloseable {

    private final Calls calls;
    private final ExecutorService executor;
    private final ScanControl control;
    private final ScanControl background = ScanControl.unlimited();
    private final ScanControl.Registration stop;
    private final CapacityMeter meter = new CapacityMeter();
    private final AtomicBoolean closed = new AtomicBoolean();

    Reading(Calls calls, ExecutorService executor, ScanControl control) {
        this.calls = calls;
        this.executor = executor;
        this.control = control;
        this.stop = control.onStop(background::cancel);
    }

    Calls calls() {
        return calls;
    }

    ScanControl control() {
        return control;
    }

    CapacityMeter meter() {
        return meter;
    }

    /** Makes a call on this thread, one of the background's. */
    <R> R call(String what, Supplier<R> call) {
        return calls.repeatable(what, background, call);
    }

    void backOff(int failed, String what) {
        calls.backoff().await(failed, background, calls.doing(what));
    }

    <R> Future<R> start(Supplier<R> task) {
        return executor.submit(task::get);
    }

    <R> R await(Future<R> future, String what) {
        return calls.await(future, control, what);
    }

    void check() {
        if (closed.get()) {
            throw new IllegalStateException("a closed cursor of " + calls.name() + " was read");
        }
        control.check("reading from " + calls.name());
    }

    ScanStats stats() {
        return new ScanStats(null, -1, meter.units());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stop.close();
            background.cancel();
        }
    }
}
