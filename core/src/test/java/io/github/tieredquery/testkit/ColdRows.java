package io.github.tieredquery.testkit;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Puts rows into a cold store without an archiver and a journal. */
public final class ColdRows {

    private ColdRows() {}

    /**
     * Writes rows, one file for each partition, and makes the partitions known.
     *
     * @param store where to
     * @param version the version of all partitions; of no matter if the layout has none
     * @param rows the rows, in no order
     * @return what was written
     */
    public static List<PartitionManifest> write(ColdStore store, long version, Iterable<Row> rows) {
        HivePartitionLayout layout = store.layout().checkedAgainst(store.table());
        Map<HivePartition, List<Row>> byPartition = new TreeMap<>();
        for (Row row : rows) {
            byPartition
                    .computeIfAbsent(layout.partitionOf(row), absent -> new ArrayList<>())
                    .add(row);
        }
        List<PartitionManifest> manifests = new ArrayList<>();
        byPartition.forEach((partition, held) -> manifests.add(write(store, version, partition, held)));
        store.publish(manifests, ScanControl.unlimited());
        return manifests;
    }

    private static PartitionManifest write(ColdStore store, long version, HivePartition partition, List<Row> rows) {
        RowDigest.Builder digest = new RowDigest.Builder(store.table().rowType());
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        StoredFile stored;
        try (ColdFile file = store.create(partition, version, 1)) {
            for (Row row : rows) {
                file.write(row);
                digest.add(row);
                Instant time = Objects.requireNonNull(
                        row.timestamp(store.table().timeColumn().name()));
                first = time.isBefore(first) ? time : first;
                last = time.isAfter(last) ? time : last;
            }
            stored = file.finish();
        }
        return new PartitionManifest(
                partition, version, List.of(stored), rows.size(), stored.bytes(), first, last, digest.build(), 1);
    }
}
