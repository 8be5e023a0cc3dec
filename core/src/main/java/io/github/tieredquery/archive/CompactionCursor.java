package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the touched partitions of a swept window have from now on: of each partition the archived ones that
 * still count and then the late ones. Holds one row beyond the overlay's.
 */
final class CompactionCursor implements RowCursor {

    private final RowCursor archived;
    private final SweepInput overlay;
    private final HivePartitionLayout layout;
    private final Set<HivePartition> touched;
    private final RowDigest.Builder digest;
    private final Map<HivePartition, List<Row>> lateRows = new LinkedHashMap<>();
    private final Deque<Row> ready = new ArrayDeque<>();
    private @Nullable HivePartition current;

    /**
     * A cursor that owns the archived rows.
     *
     * @param archived rows of at least the touched partitions, those of one partition together as far as time allows
     * @param digest gathers what is read of the touched partitions, hidden rows included
     */
    CompactionCursor(
            RowCursor archived,
            SweepInput overlay,
            HivePartitionLayout layout,
            Set<HivePartition> touched,
            RowDigest.Builder digest) {
        this.archived = archived;
        this.overlay = overlay;
        this.layout = layout;
        this.touched = touched;
        this.digest = digest;
        overlay.lateRows()
                .forEach(row -> lateRows.computeIfAbsent(layout.partitionOf(row), absent -> new ArrayList<>())
                        .add(row));
    }

    @Override
    public @Nullable Row next() {
        if (ready.isEmpty()) {
            fetch();
        }
        return ready.poll();
    }

    private void fetch() {
        for (Row row = archived.next(); row != null; row = archived.next()) {
            HivePartition partition = layout.partitionOf(row);
            if (!touched.contains(partition)) {
                continue;
            }
            digest.add(row);
            if (overlay.hides(row)) {
                continue;
            }
            HivePartition before = current;
            current = partition;
            if (before != null && !before.equals(partition)) {
                ready.addAll(lateRowsOf(before));
            }
            ready.add(row);
            return;
        }
        if (current != null) {
            ready.addAll(lateRowsOf(current));
            current = null;
        }
        Collection<List<Row>> rest = lateRows.values();
        rest.forEach(ready::addAll);
        lateRows.clear();
    }

    private List<Row> lateRowsOf(HivePartition partition) {
        List<Row> rows = lateRows.remove(partition);
        return rows == null ? List.of() : rows;
    }

    @Override
    public void close() {
        archived.close();
    }
}
