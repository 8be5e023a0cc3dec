package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.spi.RowCursor;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one cold query start on another thread while hot rows are being read. It is a chance, not a promise: an executor
 * that is busy until the reader arrives, or refuses the task, costs the overlap and nothing else.
 */
public final class EarlyStart {

    private final Executor executor;
    private final BooleanSupplier onTime;
    private @Nullable AsyncCursor started;

    /**
     * A chance to start one cold query.
     *
     * @param onTime asked on the executor's thread before the query starts; if not, it is left to the reader
     */
    public EarlyStart(Executor executor, BooleanSupplier onTime) {
        this.executor = executor;
        this.onTime = onTime;
    }

    public RowCursor open(Supplier<RowCursor> open) {
        AsyncCursor cursor = new AsyncCursor(open);
        started = cursor;
        cursor.startOn(executor, onTime);
        return cursor;
    }

    /** Whether the query runs or has run. What has not begun can still be dropped at no cost. */
    public boolean hasBegun() {
        AsyncCursor cursor = started;
        return cursor != null && cursor.hasBegun();
    }
}
