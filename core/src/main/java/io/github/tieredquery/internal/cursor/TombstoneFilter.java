package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import org.jspecify.annotations.Nullable;

/** Cold rows without those that were erased since they were archived. */
public record TombstoneFilter(RowCursor cold, TombstoneMatcher erased) implements RowCursor {

    @Override
    public @Nullable Row next() {
        Row row = cold.next();
        while (row != null && erased.hide(row)) {
            row = cold.next();
        }
        return row;
    }

    @Override
    public ScanStats stats() {
        return cold.stats();
    }

    @Override
    public void close() {
        try (cold;
                erased) {
            // Both are closed, also if closing one of them fails.
        }
    }
}
