package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Step 2 of the protocol: streams rows into files, one partition after the other, so that one file is open at a time.
 * Memory holds one row, what the file buffers, and the manifests of the window. A partition may come more than once,
 * where clocks go back over its end: then it gets further files.
 */
final class WindowCopier {

    private static final int MANIFESTS_AT_ONCE = 500;
    private static final int ROWS_BETWEEN_CHECKS = 1_000;

    private final ColdStore cold;
    private final HivePartitionLayout layout;
    private final ArchiveAttempt attempt;
    private final FileLimits limits;
    private final Runnable between;
    private final Consumer<Copied> fileFinished;
    private final Map<HivePartition, PartitionManifest> manifests = new LinkedHashMap<>();
    private Copied copied = new Copied(0, 0, 0);
    private long rows;
    private @Nullable PartitionWriter writer;

    /**
     * A copier for one attempt.
     *
     * @param layout bound to the table
     * @param between called every now and then, to hold the lease
     * @param fileFinished told what is copied so far
     */
    WindowCopier(
            ColdStore cold,
            HivePartitionLayout layout,
            ArchiveAttempt attempt,
            FileLimits limits,
            Runnable between,
            Consumer<Copied> fileFinished) {
        this.cold = cold;
        this.layout = layout;
        this.attempt = attempt;
        this.limits = limits;
        this.between = between;
        this.fileFinished = fileFinished;
    }

    /**
     * Writes rows.
     *
     * @param rowsOfWindow those of one partition stand together, or as few times apart as can be; closed in the end
     */
    void copy(RowCursor rowsOfWindow, ScanControl control) {
        try (RowCursor cursor = rowsOfWindow) {
            for (Row next = cursor.next(); next != null; next = cursor.next()) {
                if (++rows % ROWS_BETWEEN_CHECKS == 0) {
                    control.check("copying " + attempt.window() + " of table '"
                            + cold.table().name() + "'");
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
    }

    /** Takes over finished files of other versions, as they are. */
    void copyFiles(List<PartitionManifest> finished, ScanControl control) {
        for (PartitionManifest older : finished) {
            PartitionManifest before = manifests.get(older.partition());
            int part = before == null ? 0 : before.files().size();
            List<StoredFile> files = new ArrayList<>();
            for (StoredFile file : older.files()) {
                rows += file.rows();
                StoredFile copy = cold.copy(file, older.partition(), attempt.version(), ++part, control);
                files.add(copy);
                finished(copy);
            }
            PartitionManifest copy = older.movedTo(attempt.version(), files);
            manifests.put(older.partition(), before == null ? copy : before.plus(copy));
        }
    }

    /** Records what was written. */
    WindowCopy finish() {
        List<PartitionManifest> all = List.copyOf(manifests.values());
        for (int from = 0; from < all.size(); from += MANIFESTS_AT_ONCE) {
            attempt.record(all.subList(from, Math.min(all.size(), from + MANIFESTS_AT_ONCE)));
            between.run();
        }
        RowDigest digest = all.stream().map(PartitionManifest::digest).reduce(RowDigest.EMPTY, RowDigest::plus);
        return new WindowCopy(all, digest, copied);
    }

    private void write(Row row) {
        HivePartition partition = layout.partitionOf(row);
        PartitionWriter current = writer;
        if (current == null || !current.partition().equals(partition)) {
            finishPartition();
            current = new PartitionWriter(cold, partition, attempt, limits, manifests.get(partition), this::finished);
            writer = current;
        }
        current.write(row);
    }

    private void finishPartition() {
        PartitionWriter current = writer;
        if (current != null) {
            manifests.put(current.partition(), current.finish());
            writer = null;
        }
    }

    private void finished(StoredFile file) {
        copied = new Copied(rows, copied.bytes() + file.bytes(), copied.files() + 1);
        fileFinished.accept(copied);
        between.run();
    }
}
