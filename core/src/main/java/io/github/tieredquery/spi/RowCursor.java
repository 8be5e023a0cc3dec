package io.github.tieredquery.spi;

import io.github.tieredquery.table.Row;
import org.jspecify.annotations.Nullable;

/**
 * Rows that come one by one. Used by one thread at a time; {@link #close} may be called from any thread. Whoever got
 * the cursor closes it, also when all rows were read.
 */
public interface RowCursor extends AutoCloseable {

    /**
     * No rows.
     *
     * @return a cursor at its end, whose closing does nothing
     */
    static RowCursor empty() {
        return EmptyCursor.INSTANCE;
    }

    /**
     * The next row. Blocks.
     *
     * @return the row, null if there is no further one
     * @throws io.github.tieredquery.error.TieredQueryException if reading fails, is cancelled or times out
     */
    @Nullable
    Row next();

    /**
     * What reading has cost so far.
     *
     * @return the figures; complete once {@link #next} has returned null
     */
    default ScanStats stats() {
        return ScanStats.UNKNOWN;
    }

    /** Stops reading, stops what runs in the backend and releases everything. Calling it again does nothing. */
    @Override
    void close();
}
