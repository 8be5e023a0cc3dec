package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import org.jspecify.annotations.Nullable;

/** Leaves out the columns that only the merge needed. */
public final class ProjectingCursor implements RowCursor {

    private final RowCursor cursor;
    private final RowType type;
    private final int[] indexes;

    private ProjectingCursor(RowCursor cursor, RowType from, RowType to) {
        this.cursor = cursor;
        this.type = to;
        this.indexes = to.names().stream().mapToInt(from::indexOf).toArray();
    }

    public static RowCursor of(RowCursor cursor, RowType from, RowType to) {
        return from.equals(to) ? cursor : new ProjectingCursor(cursor, from, to);
    }

    @Override
    public @Nullable Row next() {
        Row row = cursor.next();
        if (row == null) {
            return null;
        }
        @Nullable Object[] values = new @Nullable Object[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            values[i] = row.value(indexes[i]);
        }
        return type.row(values);
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
