package io.github.tieredquery.archive;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Step 2 of the protocol: streams rows into files, one partition after the other, so that one file is open at a time.
 * Memory holds one row, what the file buffers, and the manifests of the window. A partition may come more than once,
 * where clocks go back over its end: then it gets further files.
 */
final class WindowCopier {

    private static final int ROWS_BETWEEN_CHECKS = 1_000;

    private final ColdStore cold;
    private final HivePartitionLayout layout;
    private final ArchiveAttempt attempt;
    private final AttemptSettings.FileLimits limits;
    private final Watch watch;
    private final List<String> orderColumns;
    private final RowType positionType;
    private final Map<HivePartition, PartitionManifest> manifests = new LinkedHashMap<>();
    /** How many files of other windows lie where this one's do. */
    private final Map<HivePartition, Integer> others = new HashMap<>();

    private CopyResult.Totals copied = new CopyResult.Totals(0, 0, 0);
    private int takenOver;
    private long rows;
    private @Nullable Row last;
    private @Nullable PartitionWriter writer;
    /** Whether something was begun to be written of which nobody knows how it ended. */
    private boolean inDoubt;

    private boolean takingOver;

    /** What is done beside copying. */
    interface Watch {

        /** Called every now and then, to hold the lease. */
        void between();

        /** A file was written, or copied by the store, and is durable. */
        void finished(FinishedFile file, CopyResult.Totals soFar);

        /** Whether the copy is to end with the file that is being written. */
        boolean isOver();
    }

    /**
     * A copier for one attempt.
     *
     * @param layout bound to the table
     */
    WindowCopier(
            ColdStore cold,
            HivePartitionLayout layout,
            ArchiveAttempt attempt,
            AttemptSettings.FileLimits limits,
            Watch watch) {
        this.cold = cold;
        this.layout = layout;
        this.attempt = attempt;
        this.limits = limits;
        this.watch = watch;
        this.orderColumns = cold.table().orderColumns();
        this.positionType = FinishedFile.positionType(cold.table(), layout);
    }

    /**
     * Writes rows.
     *
     * @param rowsOfWindow those of one partition stand together, or as few times apart as can be; closed in the end
     * @throws AttemptSteps.BudgetSpentException if the watch says that it is over; what was read is in finished files
     */
    void copy(RowCursor rowsOfWindow, ScanControl control) {
        try (RowCursor cursor = rowsOfWindow) {
            endIfOver();
            for (Row next = cursor.next(); next != null; next = cursor.next()) {
                write(next, control);
                if (++rows % ROWS_BETWEEN_CHECKS == 0) {
                    endIfOver();
                    control.check("copying " + attempt.window() + " of table '"
                            + cold.table().name() + "'");
                    watch.between();
                }
            }
            finishPartition();
        } finally {
            PartitionWriter open = writer;
            if (open != null) {
                open.close();
            }
        }
    }

    /**
     * Fails if a row has the time and key of the one before, in one partition and read by one cursor: readers and pages
     * tell rows apart by them. A row that was taken over may be read again in another partition, if it has changed.
     */
    private void refuseSameKey(Row row) {
        Row before = Objects.requireNonNull(last);
        for (String column : orderColumns) {
            if (!Objects.deepEquals(row.value(column), before.value(column))) {
                return;
            }
        }
        throw new ArchiveRefusedException("table '" + cold.table().name() + "': the row "
                + orderColumns.stream()
                        .map(column -> column + "=" + row.value(column))
                        .toList()
                + " is there twice, and rows are told apart by " + orderColumns
                + ". Delete one, and create a unique index on these columns; later rows wait for it");
    }

    private void endIfOver() {
        if (watch.isOver()) {
            finishPartition();
            throw new AttemptSteps.BudgetSpentException();
        }
    }

    /**
     * Goes on with what was copied of the window before: files under the attempt's version are taken as they are, those
     * of another one are copied by the store.
     *
     * @param finished in the order of the copy
     */
    void takeOver(List<FinishedFile> finished, ScanControl control) {
        takingOver = true;
        for (FinishedFile file : finished) {
            takenOver++;
            PartitionManifest manifest = file.manifest();
            last = file.last();
            if (manifest.version() == attempt.version()) {
                add(manifest);
            } else {
                endIfOver();
                finished(copied(manifest, control));
            }
        }
        takingOver = false;
    }

    /** Whether {@link #takeOver} goes on or has failed. */
    boolean isTakingOver() {
        return takingOver;
    }

    /** Takes over finished files of other versions. */
    void copyFiles(List<PartitionManifest> finished, ScanControl control) {
        for (PartitionManifest older : finished) {
            PartitionManifest copy = copied(older, control);
            add(copy);
            watch.between();
        }
    }

    private PartitionManifest copied(PartitionManifest older, ScanControl control) {
        int part = parts(older.partition());
        List<StoredFile> files = new ArrayList<>();
        for (StoredFile file : older.files()) {
            inDoubt = true;
            files.add(cold.copy(file, older.partition(), attempt.version(), ++part, control));
            inDoubt = false;
            watch.between();
        }
        return older.movedTo(attempt.version(), files);
    }

    private int parts(HivePartition partition) {
        PartitionManifest before = manifests.get(partition);
        return others.getOrDefault(partition, 0)
                + (before == null ? 0 : before.files().size());
    }

    /** Numbers files behind those of other windows that share the partition, in a layout without versions. */
    void numberBehind(Collection<PartitionManifest> earlier) {
        earlier.forEach(each -> others.merge(each.partition(), each.files().size(), Integer::sum));
    }

    /** Records what was written. */
    CopyResult finish() {
        return CopyResult.recorded(attempt, List.copyOf(manifests.values()), copied, takenOver, watch::between);
    }

    /** Whether all that was begun to be written has ended, so that another process may write on. */
    boolean isSettled() {
        return !inDoubt;
    }

    /** The sums so far. */
    CopyResult.Totals copied() {
        return copied;
    }

    private void write(Row row, ScanControl control) {
        HivePartition partition = layout.partitionOf(row);
        PartitionWriter current = writer;
        if (current == null || !current.partition().equals(partition)) {
            finishPartition();
            current = new PartitionWriter(cold, partition, attempt, limits, parts(partition), this::finished, control);
            writer = current;
        } else {
            refuseSameKey(row);
        }
        last = row;
        inDoubt = true;
        current.write(row);
        inDoubt = false;
    }

    private void finishPartition() {
        PartitionWriter current = writer;
        if (current != null) {
            writer = null;
            inDoubt = true;
            try (PartitionWriter ending = current) {
                ending.finish();
            }
            inDoubt = false;
        }
    }

    private void finished(PartitionManifest file) {
        inDoubt = false;
        add(file);
        watch.finished(new FinishedFile(file, position(Objects.requireNonNull(last))), copied);
        watch.between();
        if (watch.isOver()) {
            throw new AttemptSteps.BudgetSpentException();
        }
    }

    private void add(PartitionManifest manifest) {
        manifests.merge(manifest.partition(), manifest, PartitionManifest::plus);
        copied = new CopyResult.Totals(
                copied.rows() + manifest.rows(),
                copied.bytes() + manifest.bytes(),
                copied.files() + manifest.files().size());
    }

    private Row position(Row row) {
        return row.type().projectionOf(positionType).apply(row);
    }
}
