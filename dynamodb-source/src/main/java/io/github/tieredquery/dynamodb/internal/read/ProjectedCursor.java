package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import org.jspecify.annotations.Nullable;

/**
 * Rows with the columns that were asked for.
 *
 * @param rows rows that have these columns and maybe more
 */
public record ProjectedCursor(RowCursor rows, RowType type) implements RowCursor {

    @Override
    public @Nullable Row next() {
        Row row = rows.next();
        if (row == null || row.type().equals(type)) {
            return row;
        }
        return type.row(type.names().stream().map(row::value).toArray());
    }

    @Override
    public ScanStats stats() {
        return rows.stats();
    }

    @Override
    public void close() {
        rows.close();
    }
}
