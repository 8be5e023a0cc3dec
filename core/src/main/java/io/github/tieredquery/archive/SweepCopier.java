package io.github.tieredquery.archive;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Step 6 of the protocol: gives a window a new version in which its late rows and tombstones are folded in. A partition
 * is touched if a late row belongs there or if it holds an archived row that is hidden: the archived row that a late
 * row replaces may lie in another partition, since any column but the key may have changed. Touched partitions are read
 * and written anew, the files of all others are copied by the store itself.
 */
final class SweepCopier {

    /** A longer list of values isn't asked for; then more is read and left out here. */
    static final int MOST_VALUES = 200;

    private final ColdStore cold;
    private final Table table;
    private final HivePartitionLayout layout;
    private final TimeRange window;
    private final SweepInput overlay;
    private final List<Row> hidden;
    /** Each touched partition with one of its rows. */
    private final Map<HivePartition, Row> touched = new HashMap<>();

    /**
     * For one window.
     *
     * @param layout bound to the table
     * @param hidden at least the archived rows that the overlay hides
     */
    SweepCopier(ColdStore cold, HivePartitionLayout layout, TimeRange window, SweepInput overlay, List<Row> hidden) {
        this.cold = cold;
        this.table = cold.table();
        this.layout = layout;
        this.window = window;
        this.overlay = overlay;
        this.hidden = hidden;
    }

    /**
     * Writes the new version.
     *
     * @param lease checked before what was read is judged: whoever has taken it may have removed what it is read from
     */
    CopyResult copy(WindowCopier copier, Runnable lease, ScanControl control) {
        overlay.lateRows().forEach(row -> touched.putIfAbsent(layout.partitionOf(row), row));
        hidden.stream().filter(overlay::hides).forEach(row -> touched.putIfAbsent(layout.partitionOf(row), row));
        List<PartitionManifest> read = new ArrayList<>();
        List<PartitionManifest> kept = new ArrayList<>();
        overlay.manifests()
                .forEach(manifest -> (touched.containsKey(manifest.partition()) ? read : kept).add(manifest));
        RowDigest.Builder digest = new RowDigest.Builder(table.rowType());
        RowCursor archived = read.isEmpty() ? new NoRows() : cold.open(touchedRows(), control);
        copier.copy(new CompactionCursor(archived, overlay, layout, touched.keySet(), digest), control);
        lease.run();
        compare(digest.build(), read);
        copier.copyFiles(kept, control);
        return copier.finish();
    }

    /** At least the rows of the touched partitions. */
    private Scan touchedRows() {
        List<Filter> conditions = new ArrayList<>();
        for (String column : layout.filterColumns()) {
            Set<@Nullable Object> values = new LinkedHashSet<>();
            touched.values().forEach(row -> values.add(row.value(column)));
            if (values.size() <= MOST_VALUES) {
                conditions.add(anyOf(column, values));
            }
        }
        return Scan.of(table, window)
                .filter(Filter.and(conditions).boundTo(table))
                .clusteredBy(layout.filterColumns())
                .versions(overlay.versions());
    }

    private static Filter anyOf(String column, Set<@Nullable Object> values) {
        List<Object> present = values.stream().filter(Objects::nonNull).toList();
        return present.size() == values.size()
                ? Filter.in(column, present)
                : Filter.or(Filter.in(column, present), Filter.isNull(column));
    }

    /** A row that the cold store doesn't show would be lost with the version that holds it. */
    private void compare(RowDigest shown, List<PartitionManifest> manifests) {
        RowDigest expected = manifests.stream().map(PartitionManifest::digest).reduce(RowDigest.EMPTY, RowDigest::plus);
        if (!shown.equals(expected)) {
            throw new SourceUnavailableException("sweeping table '" + table.name() + "', window " + window + ": "
                    + cold.name() + " shows " + shown.rows() + " archived rows with the fingerprint "
                    + shown.fingerprint() + ", but by their manifests there are " + expected.rows() + " with "
                    + expected.fingerprint() + ". Nothing was changed. Look at the table's partitions and their files");
        }
    }

    private record NoRows() implements RowCursor {

        @Override
        public @Nullable Row next() {
            return null;
        }

        @Override
        public void close() {}
    }
}
