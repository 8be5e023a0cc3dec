package io.github.tieredquery.athena.format;

import io.github.tieredquery.table.ColumnType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of a cold table in one format, as a service of {@link java.util.ServiceLoader}. A module implements
 * it for a format that {@code tieredquery-athena} can read and not write; a source finds it by its name when it writes
 * its first file. Implementations are immutable and thread-safe.
 */
public interface FileFormat {

    /**
     * Which format it writes.
     *
     * @return the name of the constant of {@link io.github.tieredquery.athena.FileFormatKind}, for example
     *     {@code PARQUET}
     */
    String name();

    /**
     * The end of the files' names.
     *
     * @return for example {@code .parquet}
     */
    String suffix();

    /**
     * Starts a file.
     *
     * @param target where it goes; doesn't exist yet
     * @param columns its columns in order
     * @return the writer, to be closed by the caller
     * @throws IOException if the file can't be written
     */
    Writer open(Path target, List<FileColumn> columns) throws IOException;

    /**
     * A column of a file.
     *
     * @param name its name in Athena
     * @param type the type of its values; a column of the table may be stored as another type, a timestamp as text
     * @param nullable whether a value may be null
     */
    record FileColumn(String name, ColumnType type, boolean nullable) {}

    /** Writes one file. For one thread. */
    interface Writer extends Closeable {

        /**
         * Adds a row.
         *
         * @param values one for each column in its Java form, null for NULL
         * @throws IOException if the file can't be written
         */
        void write(@Nullable Object[] values) throws IOException;

        /**
         * About how large the file is so far.
         *
         * @return bytes
         */
        long bytes();

        /** Finishes the file. Calling it again does nothing. */
        @Override
        void close() throws IOException;
    }
}
