package io.github.tieredquery.store;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import java.util.List;

/**
 * What a sweep has folded into the new version of a window. Immutable.
 *
 * @param range the part of the window, from inclusive, to exclusive, of which all tombstones were read
 * @param epoch of the snapshot that they were read from
 * @param late late rows of that part, all of which were written; with all columns of the table, no time and key twice
 */
public record SweepCommit(TimeRange range, long epoch, List<Row> late) {

    /** Copies the list. */
    public SweepCommit {
        late = List.copyOf(late);
    }
}
