package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
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

/** Writes rows of one partition into one file after the other. */
final class PartitionWriter implements AutoCloseable {

    private final ColdStore cold;
    private final Table table;
    private final HivePartition partition;
    private final ArchiveAttempt attempt;
    private final FileLimits limits;
    private final Consumer<StoredFile> fileFinished;
    private final @Nullable PartitionManifest before;
    private final List<StoredFile> files;
    private final RowDigest.Builder digest;
    private @Nullable ColdFile file;
    private long rowsInFile;
    private @Nullable Instant minTime;
    private @Nullable Instant maxTime;

    /**
     * A writer.
     *
     * @param before what was written of the partition already, null if nothing was; its files are numbered on
     * @param fileFinished told of each file
     */
    PartitionWriter(
            ColdStore cold,
            HivePartition partition,
            ArchiveAttempt attempt,
            FileLimits limits,
            @Nullable PartitionManifest before,
            Consumer<StoredFile> fileFinished) {
        this.cold = cold;
        this.table = cold.table();
        this.partition = partition;
        this.attempt = attempt;
        this.limits = limits;
        this.fileFinished = fileFinished;
        this.before = before;
        this.files = new ArrayList<>(before == null ? List.of() : before.files());
        this.minTime = before == null ? null : before.minTime();
        this.maxTime = before == null ? null : before.maxTime();
        this.digest = new RowDigest.Builder(table.rowType());
    }

    HivePartition partition() {
        return partition;
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
        digest.add(row);
        Instant time = Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
        minTime = minTime == null || time.isBefore(minTime) ? time : minTime;
        maxTime = maxTime == null || time.isAfter(maxTime) ? time : maxTime;
        if (rowsInFile >= limits.rows() || open.bytes() >= limits.bytes()) {
            finishFile();
        }
    }

    private void finishFile() {
        ColdFile open = file;
        if (open != null) {
            StoredFile stored = open.finish();
            open.close();
            file = null;
            files.add(stored);
            fileFinished.accept(stored);
        }
    }

    /** Finishes the last file. What was written of the partition, before and now. */
    PartitionManifest finish() {
        finishFile();
        RowDigest sum = before == null ? digest.build() : before.digest().plus(digest.build());
        return new PartitionManifest(
                partition,
                attempt.version(),
                files,
                sum.rows(),
                files.stream().mapToLong(StoredFile::bytes).sum(),
                Objects.requireNonNull(minTime),
                Objects.requireNonNull(maxTime),
                sum,
                attempt.schemaVersion());
    }

    /** Drops a file that isn't finished. */
    @Override
    public void close() {
        ColdFile open = file;
        if (open != null) {
            open.close();
        }
    }
}
