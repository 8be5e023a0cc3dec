package io.github.tieredquery.spi;

import io.github.tieredquery.table.Row;
import org.jspecify.annotations.Nullable;

/** A cursor at its end. */
enum EmptyCursor implements RowCursor {
    INSTANCE;

    @Override
    public @Nullable Row next() {
        return null;
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
