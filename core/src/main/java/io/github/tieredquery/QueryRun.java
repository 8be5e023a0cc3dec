package io.github.tieredquery;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a query: the rows of its stages, one stage after the other, up to the limit. */
final class QueryRun implements RowCursor {

    private final Supplier<Stages> start;
    private final ScanControl control;
    private final Object lock = new Object();
    private long wanted;
    private @Nullable Stages stages;
    private @Nullable RowCursor current;
    private boolean exhausted;
    private boolean closed;

    /**
     * A run that touches no tier before its first row is asked for.
     *
     * @param start makes the stages
     * @param limit how many rows at most, {@link Long#MAX_VALUE} for all
     */
    QueryRun(Supplier<Stages> start, ScanControl control, long limit) {
        this.start = start;
        this.control = control;
        this.wanted = limit;
    }

    @Override
    public @Nullable Row next() {
        while (!exhausted) {
            if (wanted == 0) {
                exhausted = true;
                break;
            }
            RowCursor cursor = current;
            if (cursor == null) {
                cursor = openNext();
                if (cursor == null) {
                    exhausted = true;
                    break;
                }
            }
            Row row = cursor.next();
            if (row != null) {
                if (wanted != Long.MAX_VALUE) {
                    wanted--;
                }
                return row;
            }
            finishStage(cursor);
        }
        return null;
    }

    private @Nullable RowCursor openNext() {
        control.check("starting to read the next tier");
        Stages source = stages;
        if (source == null) {
            source = start.get();
            stages = source;
        }
        RowCursor cursor = source.next(wanted);
        synchronized (lock) {
            current = cursor;
            if (!closed) {
                return cursor;
            }
        }
        if (cursor != null) {
            cursor.close();
        }
        control.check("starting to read the next tier");
        return null;
    }

    private void finishStage(RowCursor cursor) {
        synchronized (lock) {
            current = null;
        }
        cursor.close();
    }

    /** Stops whatever runs, unless all rows were read. */
    @Override
    public void close() {
        RowCursor cursor;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            cursor = current;
            current = null;
        }
        if (!exhausted) {
            control.cancel();
        }
        Stages source = stages;
        try (source;
                cursor) {
            exhausted = true;
        }
    }
}
