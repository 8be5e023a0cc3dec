package io.github.tieredquery.testkit;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class MemoryColdStoreTest extends SourceContract {

    private final List<MemoryColdStore> stores = new ArrayList<>();

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        HivePartitionLayout layout = HivePartitionLayout.monthly(ZoneOffset.UTC).checkedAgainst(table);
        MemoryColdStore store = new MemoryColdStore("memory:" + table.name(), table, layout);
        Map<HivePartition, ColdFile> files = new LinkedHashMap<>();
        for (Row row : rows) {
            files.computeIfAbsent(layout.partitionOf(row), partition -> store.create(partition, 1, 1))
                    .write(row);
        }
        files.forEach((partition, file) -> {
            StoredFile stored = file.finish();
            file.close();
            store.publish(List.of(manifest(partition, stored)), ScanControl.unlimited());
        });
        stores.add(store);
        return store;
    }

    private static PartitionManifest manifest(HivePartition partition, StoredFile file) {
        return new PartitionManifest(
                partition,
                1,
                List.of(file),
                file.rows(),
                file.bytes(),
                Instant.EPOCH,
                Instant.EPOCH,
                RowDigest.EMPTY,
                1);
    }

    @Override
    protected long queriesStarted() {
        return stores.stream().mapToLong(MemoryColdStore::queries).sum();
    }
}
