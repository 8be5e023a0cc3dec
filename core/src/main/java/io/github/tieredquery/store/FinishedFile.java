package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A finished file of a window that is being copied, and how far the copy had come with it. Whoever goes on with the
 * copy takes the file as it is and reads what follows. Immutable.
 *
 * @param manifest of the file alone, under the version that it was written for
 * @param last the last row of the file, with the columns of {@link #positionType}: the copy has all rows up to it, in
 *     the order of {@link io.github.tieredquery.spi.Scan#clusteredBy} the layout's columns
 */
public record FinishedFile(PartitionManifest manifest, Row last) {

    /** Checks that it is one file. */
    public FinishedFile {
        if (manifest.files().size() != 1) {
            throw new IllegalArgumentException(
                    "a finished file is one file, not " + manifest.files().size());
        }
    }

    /**
     * The columns that order the rows of a window while it is copied.
     *
     * @param table the table
     * @param layout the layout that it is archived with
     * @return the columns that partitions are told apart by, then time and key; no column twice
     */
    public static RowType positionType(Table table, HivePartitionLayout layout) {
        Set<String> names = new LinkedHashSet<>(layout.filterColumns());
        names.addAll(table.orderColumns());
        return RowType.of(names.stream().map(table::column).toList());
    }

    /**
     * Whether it is a copy of another one.
     *
     * @param other a file, perhaps of another version
     * @return whether both hold the same rows of the same partition
     */
    public boolean isSameAs(FinishedFile other) {
        return manifest.partition().equals(other.manifest.partition())
                && manifest.digest().equals(other.manifest.digest())
                && last.equals(other.last);
    }
}
