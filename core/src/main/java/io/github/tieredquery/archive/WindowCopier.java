package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Step 2 of the protocol: streams a window into files, one partition after the other, so that one file is open at a
 * time. Memory holds one row, what the file buffers, and the manifests of the window.
 */
final class WindowCopier {

    private static final int MANIFESTS_AT_ONCE = 500;
    private static final int ROWS_BETWEEN_CHECKS = 1_000;
    private static final int SCHEMA_VERSION = 1;

    private final HotStore hot;
    private final ColdStore cold;
    private final ArchiveAttempt attempt;
    private final long rowsPerFile;
    private final long bytesPerFile;
    private final Runnable between;
    private final Consumer<WindowCopy> fileFinished;
    private final Table table;
    private final HivePartitionLayout layout;
    private final RowDigest.Builder digest;
    private final List<PartitionManifest> manifests = new ArrayList<>();
    private int recorded;
    private @Nullable PartitionWriter writer;

    /**
     * A copier for one attempt.
     *
     * @param between called every now and then, to hold the lease
     * @param fileFinished told what is copied so far
     */
    WindowCopier(
            HotStore hot,
            ColdStore cold,
            ArchiveAttempt attempt,
            long rowsPerFile,
            long bytesPerFile,
            Runnable between,
            Consumer<WindowCopy> fileFinished) {
        this.hot = hot;
        this.cold = cold;
        this.attempt = attempt;
        this.rowsPerFile = rowsPerFile;
        this.bytesPerFile = bytesPerFile;
        this.between = between;
        this.fileFinished = fileFinished;
        this.table = hot.table();
        this.layout = cold.layout();
        this.digest = new RowDigest.Builder(table.rowType());
    }

    WindowCopy copy(ScanControl control) {
        TimeRange window = attempt.window();
        Scan scan = Scan.of(table, window).clusteredBy(layout.filterColumns());
        try (RowCursor rows = hot.open(scan, control)) {
            int row = 0;
            for (Row next = rows.next(); next != null; next = rows.next()) {
                if (++row % ROWS_BETWEEN_CHECKS == 0) {
                    control.check("copying " + window + " of table '" + table.name() + "'");
                    between.run();
                }
                write(next);
            }
            finishPartition();
        } finally {
            PartitionWriter open = writer;
            if (open != null) {
                open.close();
            }
        }
        record();
        return new WindowCopy(manifests, digest.build());
    }

    private void write(Row row) {
        HivePartition partition = layout.partitionOf(row);
        PartitionWriter current = writer;
        if (current == null || !current.partition.equals(partition)) {
            finishPartition();
            current = new PartitionWriter(partition);
            writer = current;
        }
        current.write(row);
        digest.add(row);
    }

    private void finishPartition() {
        PartitionWriter current = writer;
        if (current != null) {
            manifests.add(current.finish());
            writer = null;
            fileFinished.accept(new WindowCopy(manifests, digest.build()));
            if (manifests.size() - recorded >= MANIFESTS_AT_ONCE) {
                record();
            }
        }
    }

    private void record() {
        if (recorded < manifests.size()) {
            attempt.record(List.copyOf(manifests.subList(recorded, manifests.size())));
            recorded = manifests.size();
        }
    }

    /** Writes one partition into one file after the other. */
    private final class PartitionWriter {

        private final HivePartition partition;
        private final List<StoredFile> files = new ArrayList<>();
        private final RowDigest.Builder partitionDigest = new RowDigest.Builder(table.rowType());
        private @Nullable ColdFile file;
        private long rowsInFile;
        private @Nullable Instant minTime;
        private @Nullable Instant maxTime;

        PartitionWriter(HivePartition partition) {
            this.partition = partition;
        }

        void write(Row row) {
            ColdFile open = file;
            if (open == null) {
                open = cold.create(partition, attempt.version(), files.size() + 1);
                file = open;
                rowsInFile = 0;
            }
            open.write(row);
            rowsInFile++;
            partitionDigest.add(row);
            Instant time =
                    Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
            minTime = minTime == null || time.isBefore(minTime) ? time : minTime;
            maxTime = maxTime == null || time.isAfter(maxTime) ? time : maxTime;
            if (rowsInFile >= rowsPerFile || open.bytes() >= bytesPerFile) {
                finishFile();
            }
        }

        private void finishFile() {
            ColdFile open = file;
            if (open != null) {
                files.add(open.finish());
                open.close();
                file = null;
            }
        }

        PartitionManifest finish() {
            finishFile();
            RowDigest sum = partitionDigest.build();
            return new PartitionManifest(
                    partition,
                    attempt.version(),
                    files,
                    sum.rows(),
                    files.stream().mapToLong(StoredFile::bytes).sum(),
                    Objects.requireNonNull(minTime),
                    Objects.requireNonNull(maxTime),
                    sum,
                    SCHEMA_VERSION);
        }

        void close() {
            ColdFile open = file;
            if (open != null) {
                open.close();
            }
        }
    }
}
