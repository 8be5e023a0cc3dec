package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes rows of one partition into one file after the other. */
final class PartitionWriter implements AutoCloseable {

    private final ColdStore cold;
    private final Table table;
    private final HivePartition partition;
    private final ArchiveAttempt attempt;
    private final AttemptSettings.FileLimits limits;
    private final Consumer<PartitionManifest> fileFinished;
    private final ScanControl control;
    private int parts;
    private @Nullable OpenFile file;

    /** A file that is being written, and what its manifest needs. */
    private static final class OpenFile {

        final ColdFile target;
        final RowDigest.Builder digest;

        @Nullable
        Instant minTime;

        @Nullable
        Instant maxTime;

        OpenFile(ColdFile target, RowType rows) {
            this.target = target;
            this.digest = new RowDigest.Builder(rows);
        }
    }

    /**
     * A writer.
     *
     * @param before how many files of the partition there are already; further ones are numbered on
     * @param fileFinished told of each file by itself
     */
    PartitionWriter(
            ColdStore cold,
            HivePartition partition,
            ArchiveAttempt attempt,
            AttemptSettings.FileLimits limits,
            int before,
            Consumer<PartitionManifest> fileFinished,
            ScanControl control) {
        this.cold = cold;
        this.control = control;
        this.table = cold.table();
        this.partition = partition;
        this.attempt = attempt;
        this.limits = limits;
        this.fileFinished = fileFinished;
        this.parts = before;
    }

    HivePartition partition() {
        return partition;
    }

    void write(Row row) {
        OpenFile open = file;
        if (open == null) {
            open = new OpenFile(cold.create(partition, attempt.version(), ++parts, control), table.rowType());
            file = open;
        }
        open.target.write(row);
        open.digest.add(row);
        Instant time = Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
        open.minTime = open.minTime == null || time.isBefore(open.minTime) ? time : open.minTime;
        open.maxTime = open.maxTime == null || time.isAfter(open.maxTime) ? time : open.maxTime;
        if (open.digest.build().rows() >= limits.rows() || open.target.bytes() >= limits.bytes()) {
            finish();
        }
    }

    /** Finishes the file that is being written, if there is one. */
    void finish() {
        OpenFile open = file;
        if (open != null) {
            StoredFile stored = open.target.finish();
            open.target.close();
            file = null;
            RowDigest digest = open.digest.build();
            fileFinished.accept(new PartitionManifest(
                    partition,
                    attempt.version(),
                    List.of(stored),
                    digest.rows(),
                    stored.bytes(),
                    Objects.requireNonNull(open.minTime),
                    Objects.requireNonNull(open.maxTime),
                    digest,
                    attempt.schemaVersion()));
        }
    }

    /** Drops a file that isn't finished. */
    @Override
    public void close() {
        OpenFile open = file;
        if (open != null) {
            open.target.close();
        }
    }
}
