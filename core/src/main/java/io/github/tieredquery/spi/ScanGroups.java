package io.github.tieredquery.spi;

import io.github.tieredquery.table.Row;
import java.util.List;

/**
 * The answer to {@link Source#aggregate}. Immutable.
 *
 * @param rows one row of {@link GroupedScan#rowType} for each group, in no particular order; one more than the scan's
 *     bound, whichever, if there are more
 * @param stats what it has cost
 */
public record ScanGroups(List<Row> rows, ScanStats stats) {

    /** Copies the list. */
    public ScanGroups {
        rows = List.copyOf(rows);
    }
}
