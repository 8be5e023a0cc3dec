package io.github.tieredquery.internal.export;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a part of a query's range looks like at one moment: which rows are cold, which hot rows hide or complete them,
 * and which are hot. All of it fits together. Used by one thread at a time.
 */
public interface ExportView extends AutoCloseable {

    /**
     * When the view was taken.
     *
     * @return not after the moment that it shows
     */
    Instant takenAt();

    /**
     * Which rows the cold source is asked for, those hidden by late ones included.
     *
     * @return the scan with the columns of the export; null if no row is cold
     */
    @Nullable
    Scan cold();

    /**
     * Hot rows of the cold part, unfiltered: each hides the cold row with its time and key. A row of which
     * {@link #counts} is true takes part itself.
     *
     * @return the rows, with the columns of the export, time, key and those that the filter looks at
     */
    RowCursor late();

    /**
     * Keys of cold rows that were erased: each hides the cold row with its time and key, and no hot one.
     *
     * @return rows with at least the time and the key, a key possibly more than once
     */
    RowCursor erased();

    /**
     * Whether a late row belongs to the query.
     *
     * @param late a row of {@link #late}
     * @return whether it matches
     */
    boolean counts(Row late);

    /**
     * The part whose rows are hot.
     *
     * @return from inclusive, to exclusive; may be empty
     */
    TimeRange hot();

    /**
     * Starts reading the hot part.
     *
     * @return rows with the columns of the export first, then time and key where they aren't among those
     */
    RowCursor openHot();

    /**
     * Where a hot row stands, to go on after it later.
     *
     * @param hot a row of {@link #openHot}
     * @return opaque bytes, for {@link ExportBackend#view}
     */
    byte[] place(Row hot);

    /**
     * Fails if the cold source's catalog lacks what the cold part needs. The view has been left then: nothing else can
     * be asked of it.
     *
     * @throws io.github.tieredquery.error.MissingPartitionException naming the partitions
     */
    void checkPartitions();

    @Override
    void close();
}
