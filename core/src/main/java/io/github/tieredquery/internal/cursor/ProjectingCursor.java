package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Leaves out the columns that only the merge needed. */
public final class ProjectingCursor implements RowCursor {

    private final RowCursor cursor;
    private final UnaryOperator<Row> projection;

    private ProjectingCursor(RowCursor cursor, UnaryOperator<Row> projection) {
        this.cursor = cursor;
        this.projection = projection;
    }

    public static RowCursor of(RowCursor cursor, RowType from, RowType to) {
        return from.equals(to) ? cursor : new ProjectingCursor(cursor, from.projectionOf(to));
    }

    @Override
    public @Nullable Row next() {
        Row row = cursor.next();
        return row == null ? null : projection.apply(row);
    }

    @Override
    public ScanStats stats() {
        return cursor.stats();
    }

    @Override
    public void close() {
        cursor.close();
    }
}
