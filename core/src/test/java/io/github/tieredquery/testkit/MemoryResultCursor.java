package io.github.tieredquery.testkit;

import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of a result that is kept; places are indexes. */
final class MemoryResultCursor implements ResultCursor {

    private final RowCursor rows;
    private int index;

    MemoryResultCursor(RowCursor rows, int from) {
        this.rows = rows;
        this.index = from;
    }

    @Override
    public Optional<ResultPlace> place() {
        return Optional.of(new ResultPlace(Objects.requireNonNull(stats().executionId()), index));
    }

    @Override
    public @Nullable Row next() {
        Row row = rows.next();
        if (row != null) {
            index++;
        }
        return row;
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
