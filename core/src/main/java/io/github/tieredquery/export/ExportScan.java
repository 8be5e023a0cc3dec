package io.github.tieredquery.export;

import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a cold source is asked to write, as one CSV file or as Parquet files. Immutable.
 *
 * @param scan which rows, with which columns; its order counts only where {@code arrangement} says so
 * @param arrangement whether the file is sorted
 * @param guard whether texts that a spreadsheet would take for formulas get an apostrophe in front
 * @param hidden rows with at least the time and the key: rows of the source with the same time and key are left out
 * @param late rows with at least the scan's columns, the time and the key, that are written as well, whether they match
 *     the scan's filter or not
 * @param folder where Parquet files are to be written, with a slash at its end; nothing is there yet. Null for a CSV
 *     file, which the source writes where it writes results
 */
public record ExportScan(
        Scan scan,
        Arrangement arrangement,
        Guard guard,
        List<Row> hidden,
        List<Row> late,
        @Nullable String folder) {

    /** Whether the rows of a file are sorted. */
    public enum Arrangement {
        /** By the scan's order. */
        SORTED,
        /** In any order, which is faster. */
        ANY
    }

    /** What is done about texts that a spreadsheet would take for formulas. */
    public enum Guard {
        /** Nothing: the texts are exact. */
        NONE,
        /** An apostrophe is put in front of texts that start with {@code = + - @}, a tab or a line break. */
        APOSTROPHE
    }

    /** Copies the lists. */
    public ExportScan {
        hidden = List.copyOf(hidden);
        late = List.copyOf(late);
    }
}
