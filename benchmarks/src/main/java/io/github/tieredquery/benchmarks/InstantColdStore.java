package io.github.tieredquery.benchmarks;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.store.StoredVersion;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A cold tier that costs nothing: it has a row each second, and knows every partition. */
record InstantColdStore(Table table, HivePartitionLayout layout) implements ColdStore {

    @Override
    public String name() {
        return "instant:" + table.name();
    }

    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        long rows = Math.min(
                scan.limit().orElse(Long.MAX_VALUE), scan.range().length().toSeconds());
        return new RowCursor() {
            private long given;

            @Override
            public @Nullable Row next() {
                if (given == rows) {
                    return null;
                }
                given++;
                return scan.rowType().row(new Object[] {scan.range().to().minusSeconds(given), given, "t1"});
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        return new ScanCount(scan.range().length().toSeconds(), ScanStats.UNKNOWN);
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return new ScanPlan(AccessPath.PARTITION_PRUNED, "nothing", scan.condition());
    }

    @Override
    public List<PartitionManifest> unregistered(Collection<PartitionManifest> expected, ScanControl control) {
        return List.of();
    }

    @Override
    public void prepare(ScanControl control) {
        throw readOnly();
    }

    @Override
    public Optional<StoredMark> mark(ScanControl control) {
        throw readOnly();
    }

    @Override
    public boolean mark(ArchiveMark mark, @Nullable StoredMark before, ScanControl control) {
        throw readOnly();
    }

    @Override
    public List<StoredVersion> stored(long above, ScanControl control) {
        throw readOnly();
    }

    @Override
    public List<String> lacking(Collection<PartitionManifest> expected, ScanControl control) {
        throw readOnly();
    }

    @Override
    public ColdFile create(HivePartition partition, long version, int part) {
        throw readOnly();
    }

    @Override
    public StoredFile copy(StoredFile file, HivePartition partition, long version, int part, ScanControl control) {
        throw readOnly();
    }

    @Override
    public void publish(Collection<PartitionManifest> manifests, ScanControl control) {
        throw readOnly();
    }

    @Override
    public List<StoredFile> listVisibleFiles(TimeRange window, long version, ScanControl control) {
        throw readOnly();
    }

    @Override
    public CleanUpResult remove(Collection<DeadVersion> dead, ScanControl control) {
        throw readOnly();
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("nothing is archived here");
    }

    @Override
    public void close() {}
}
