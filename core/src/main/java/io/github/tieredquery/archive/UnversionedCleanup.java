package io.github.tieredquery.archive;

import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.WindowAttempt;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Steps 1 and 2 in a layout without versions: what attempts without a commit have left lies where the next one writes,
 * and would be read as rows once the watermark has passed, so it goes before anything is written. Nobody reads it: the
 * window is at or above the watermark, and stays there until this attempt commits, since no other archiver is at work.
 *
 * <p>The journal tells which files are leftovers: those in a window for which it has an attempt that ended without a
 * commit. So such an attempt stays on the list until its window is cleared by a later one or lies below the watermark,
 * and no attempt is begun, nor stays on the list, before it is known that nobody else's files lie in its window. For
 * one run.
 */
final class UnversionedCleanup {

    private final ArchiveContext context;
    private final HivePartitionPlanner planner;
    private final ScanControl control;
    private List<PartitionManifest> shared = List.of();
    /** What the commit brings below the watermark. */
    private TimeRange reach = TimeRange.SUPPORTED;

    private boolean clean;
    private CleanUpResult removed = CleanUpResult.NOTHING;

    UnversionedCleanup(ArchiveContext context, ScanControl control) {
        this.context = context;
        this.planner = HivePartitionPlanner.of(context.table(), context.layout());
        this.control = control;
    }

    /**
     * Before step 1: where no attempt can have left anything, all files of the window are others'. Before the first
     * window that holds for the whole archive, whose manifests are to tell of all rows below the watermark.
     *
     * @throws io.github.tieredquery.error.ConfigurationException if there are others' files
     */
    void lookBefore(TimeRange window, @Nullable Instant watermark) {
        shared = watermark == null ? List.of() : sharedWith(window);
        reach = watermark == null ? new TimeRange(Archiver.BEGINNING, window.to()) : window;
        clean = context.journal().state().versions().excluded().isEmpty();
        if (clean) {
            context.cold()
                    .removeLeftovers(
                            watermark == null ? TimeRange.SUPPORTED : window, files(shared), List.of(), control);
        }
    }

    /**
     * Step 2: deletes what earlier attempts have left of an attempt's window.
     *
     * @return what the attempt itself had finished before it was suspended
     */
    List<FinishedFile> clear(WindowAttempt attempt, WindowCopier copier) {
        List<FinishedFile> own = attempt.copiedFiles(context.layout()).stream()
                .filter(file -> file.manifest().version() == attempt.version())
                .toList();
        if (!clean) {
            try {
                removeLeftovers(own);
            } catch (TieredQueryException e) {
                if (own.isEmpty()) {
                    forget(attempt, e);
                }
                throw e;
            }
        }
        copier.numberBehind(shared);
        return own;
    }

    private void removeLeftovers(List<FinishedFile> own) {
        List<DeadVersion> dead = context.journal().listDeadVersions(Duration.ZERO);
        List<StoredFile> kept = files(shared);
        own.forEach(file -> kept.addAll(file.manifest().files()));
        List<TimeRange> attempted =
                dead.stream().map(DeadVersion::window).distinct().toList();
        removed = removed.plus(context.cold().removeLeftovers(reach, kept, attempted, control));
        // From now on the attempt itself tells of what may be left.
        List<DeadVersion> cleared =
                dead.stream().filter(each -> reach.encloses(each.window())).toList();
        if (!cleared.isEmpty()) {
            context.journal().forgetVersions(cleared);
        }
    }

    /** An attempt that has written nothing must not tell the next one that what lies in its window is a leftover. */
    private void forget(WindowAttempt attempt, TieredQueryException reason) {
        try {
            attempt.close();
            context.journal().forgetVersions(List.of(new DeadVersion(attempt.version(), attempt.window())));
        } catch (TieredQueryException e) {
            reason.addSuppressed(e);
        }
    }

    /** What the window before holds of this window's partitions: its last ones, if clocks go back over their end. */
    private List<PartitionManifest> sharedWith(TimeRange window) {
        Predicate<HivePartition> ours = planner.matcher(window, Filter.all());
        TimeRange before = context.layout().windowContaining(window.from().minus(1, ChronoUnit.MICROS));
        try (HotSnapshot snapshot = context.hot().snapshot(control)) {
            return snapshot.manifests(before, context.layout()).stream()
                    .filter(manifest -> ours.test(manifest.partition()))
                    .toList();
        }
    }

    private static List<StoredFile> files(List<PartitionManifest> manifests) {
        List<StoredFile> files = new ArrayList<>();
        manifests.forEach(manifest -> files.addAll(manifest.files()));
        return files;
    }

    /** What was removed so far. */
    CleanUpResult removed() {
        return removed;
    }
}
