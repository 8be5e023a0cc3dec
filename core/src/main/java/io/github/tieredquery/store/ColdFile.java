package io.github.tieredquery.store;

import io.github.tieredquery.table.Row;

/** A file of the archive that is being written. Used by one thread. */
public interface ColdFile extends AutoCloseable {

    /**
     * Adds a row.
     *
     * @param row a row with all columns of the table, of the file's partition
     * @throws io.github.tieredquery.error.ArchiveRefusedException if the format cannot hold one of its values; the
     *     message names the column and the row's key
     */
    void write(Row row);

    /**
     * About how large the file is so far.
     *
     * @return bytes
     */
    long bytes();

    /**
     * Finishes the file and makes it durable.
     *
     * @return where it lies
     */
    StoredFile finish();

    /** Drops the file unless it is finished, and releases everything. Calling it again does nothing. */
    @Override
    void close();
}
