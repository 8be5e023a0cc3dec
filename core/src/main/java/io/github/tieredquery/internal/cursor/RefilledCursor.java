package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Cold rows under a limit that may turn out too small: where an archive that was taken over has rows more than once,
 * one key hides more rows than can be told beforehand. Then another scan goes on behind the last row. Closing may come
 * from any thread.
 */
public final class RefilledCursor implements RowCursor {

    private final long limit;
    private final Function<Row, RowCursor> behind;
    private RowCursor rows;
    private boolean closed;
    private long left;
    private @Nullable Row last;

    /**
     * A cursor that owns the rows.
     *
     * @param rows the first of them, at most {@code limit}
     * @param behind gives as many that follow a row
     */
    public RefilledCursor(RowCursor rows, long limit, Function<Row, RowCursor> behind) {
        this.rows = rows;
        this.limit = limit;
        this.left = limit;
        this.behind = behind;
    }

    @Override
    public @Nullable Row next() {
        Row end = last;
        if (left == 0 && end != null) {
            current().close();
            replace(behind.apply(end));
            left = limit;
        }
        Row row = current().next();
        if (row != null) {
            last = row;
            left--;
        }
        return row;
    }

    private synchronized RowCursor current() {
        return rows;
    }

    private synchronized void replace(RowCursor next) {
        rows = next;
        if (closed) {
            next.close();
        }
    }

    @Override
    public ScanStats stats() {
        return current().stats();
    }

    @Override
    public void close() {
        RowCursor open;
        synchronized (this) {
            closed = true;
            open = rows;
        }
        open.close();
    }
}
