package io.github.tieredquery.archive;

import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.AdoptionAttempt;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ForeignPartition;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over an archive that somebody else has filled. A window's files become a version as those do that an archiver
 * has written, by the same steps but for the copy: until it is committed no reader sees it, and what a crash leaves is
 * a version that nobody reads, over files that clean-up doesn't touch. Which windows are done, the journal's manifests
 * tell. The watermark is set last, all at once: a reader would otherwise find the end of the archive where the adoption
 * has come to. For one run.
 */
final class AdoptionRun {

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);
    private static final int KEYS_REPORTED = 100;
    private static final int GAPS_REPORTED = 100;

    private final AttemptSettings settings;
    private final ArchiveContext context;
    private final AttemptSteps steps;
    private final ScanControl control;
    private final ScanControl grace;
    private final AdoptionOverlap overlap;
    private final List<Row> duplicateKeys = new ArrayList<>();
    /** Windows whose partitions have no rows. */
    private final Set<TimeRange> empty = new HashSet<>();

    private long duplicates;
    private int windows;
    private long partitions;
    private CopyResult.Totals adopted = new CopyResult.Totals(0, 0, 0);

    AdoptionRun(AttemptSettings settings, ArchiveContext context, ScanControl control, ScanControl grace) {
        this.settings = settings;
        this.context = context;
        this.steps = new AttemptSteps(settings, context);
        this.control = control;
        this.grace = grace;
        this.overlap = new AdoptionOverlap(context, control);
    }

    AdoptionReport run() {
        long start = System.nanoTime();
        List<AdoptedWindow> all = List.of();
        List<TimeRange> gaps = List.of();
        Stop stop;
        try {
            context.prepare(control);
            context.marks().check(control);
            all = AdoptedWindow.of(context.cold().listForeignPartitions(control), context.layout());
            stop = adopt(all);
            if (stop == Stop.NOTHING_LEFT) {
                Instant end = end(all);
                overlap.compareBelow(end);
                refuseUnpairedRows(end);
                context.journal().endAdoption(end);
                context.cold().publishView(context.counted(), control);
                gaps = gaps(all, end);
            }
        } catch (QueryTimedOutException e) {
            if (!control.remaining().equals(Optional.of(Duration.ZERO))) {
                throw e;
            }
            stop = Stop.BUDGET;
        }
        return new AdoptionReport(
                stop,
                context.journal().state().watermark(),
                windows,
                partitions,
                adopted.files(),
                adopted.rows(),
                adopted.bytes(),
                stop == Stop.NOTHING_LEFT ? 0 : left(all).size(),
                duplicates,
                duplicateKeys,
                overlap.found(),
                gaps,
                Duration.ofNanos(System.nanoTime() - start));
    }

    /** Rows are paired by time and key: one that has another time in the archive would be read twice. */
    private void refuseUnpairedRows(Instant end) {
        if (overlap.unpaired() > 0 && context.journal().state().watermark() == null) {
            throw new ConfigurationException("taking over the archive of table '"
                    + context.table().name() + "': " + overlap.unpaired() + " rows that "
                    + context.hot().name()
                    + " has before " + end + " have times that are finer than "
                    + context.cold().name()
                    + " keeps, so that nothing tells which of them the archive has too. Delete those that it has, or cut"
                    + " the times of all of them, and run the adoption again");
        }
    }

    /** The end of the last window with rows. */
    private Instant end(List<AdoptedWindow> all) {
        return all.stream()
                .map(AdoptedWindow::range)
                .filter(range -> !empty.contains(range))
                .map(TimeRange::to)
                .max(Instant::compareTo)
                .orElseThrow(() -> new ConfigurationException("taking over the archive of table '"
                        + context.table().name() + "': " + context.cold().name()
                        + " finds no row of it; look whether its partitions are registered"));
    }

    private Stop adopt(List<AdoptedWindow> all) {
        if (all.isEmpty()) {
            return Stop.NOTHING_LEFT;
        }
        List<AdoptedWindow> todo = left(all);
        TimeBudget budget = new TimeBudget(control);
        for (AdoptedWindow window : todo) {
            if (!budget.allowsAnother()) {
                return Stop.BUDGET;
            }
            if (!adopt(window)) {
                return Stop.LEASE_HELD_ELSEWHERE;
            }
            budget.ended();
        }
        return Stop.NOTHING_LEFT;
    }

    /**
     * Windows that aren't taken over, each with its partitions that aren't: some may have been registered after others
     * of their window were taken over. When the adoption has ended, it is too late for those, and whatever the journal
     * lacks of a window may have been erased and swept since.
     */
    private List<AdoptedWindow> left(List<AdoptedWindow> all) {
        if (all.isEmpty()) {
            return List.of();
        }
        Set<HivePartition> known = known(new TimeRange(
                all.get(0).range().from(), all.get(all.size() - 1).range().to()));
        boolean ended = context.journal().state().watermark() != null;
        List<AdoptedWindow> left = new ArrayList<>();
        for (AdoptedWindow window : all) {
            List<HivePartition> lacking = window.partitions().stream()
                    .filter(partition -> !known.contains(partition))
                    .toList();
            boolean begun = lacking.size() < window.partitions().size();
            if (!lacking.isEmpty() && !(begun && ended) && !empty.contains(window.range())) {
                left.add(new AdoptedWindow(window.range(), lacking));
            }
        }
        return left;
    }

    /** The partitions that the journal has files of. */
    private Set<HivePartition> known(TimeRange range) {
        Set<HivePartition> known = new HashSet<>();
        try (HotSnapshot snapshot = context.hot().snapshot(grace)) {
            snapshot.manifests(range, context.layout()).forEach(manifest -> known.add(manifest.partition()));
        }
        return known;
    }

    /** Whether the lease was to be had and kept. */
    private boolean adopt(AdoptedWindow window) {
        List<ForeignPartition> foreign = context.cold().listForeignFiles(window.partitions(), control);
        if (foreign.isEmpty()) {
            if (known(window.range()).isEmpty()) {
                empty.add(window.range());
            }
            return true;
        }
        Optional<AdoptionAttempt> begun;
        try {
            begun = context.journal().beginAdoption(window.range(), settings.owner(), settings.lease());
        } catch (IllegalArgumentException e) {
            if (!known(window.range()).isEmpty()) {
                // Somebody else has ended the adoption meanwhile.
                return true;
            }
            throw new ConfigurationException(
                    "taking over the archive of table '" + context.table().name() + "': the journal has the watermark "
                            + context.journal().state().watermark() + " and nothing of the window " + window.range()
                            + ". The archive was begun without these rows, or all of them were erased since. To take"
                            + " them over use another journal, and start with Adoption.of(…)",
                    e);
        }
        if (begun.isEmpty()) {
            return false;
        }
        try (AdoptionAttempt attempt = begun.get()) {
            context.marks().leave(attempt.mark(), control);
            Set<HivePartition> known = known(window.range());
            List<ForeignPartition> lacking = foreign.stream()
                    .filter(each -> !known.contains(each.partition()))
                    .toList();
            if (lacking.isEmpty()) {
                return true;
            }
            CopyResult taken = steps.guarded(attempt, () -> take(attempt, lacking));
            steps.progress(attempt, ArchivePhase.COMMIT, taken.copied());
            if (attempt.commit(taken.digest()) != Outcome.COMMITTED) {
                return false;
            }
            steps.progress(attempt, ArchivePhase.DONE, taken.copied());
            windows++;
            partitions += taken.manifests().size();
            CopyResult.Totals now = taken.copied();
            adopted = new CopyResult.Totals(
                    adopted.rows() + now.rows(), adopted.bytes() + now.bytes(), adopted.files() + now.files());
            return true;
        } catch (AttemptSteps.LeaseLostException e) {
            LOG.info(
                    "taking over the archive of table '{}': the lease for {} is lost",
                    context.table().name(),
                    window.range());
            return false;
        }
    }

    /** Registers the files where they lie, and reads them as readers will. */
    private CopyResult take(AdoptionAttempt attempt, List<ForeignPartition> foreign) {
        LeaseKeeper lease = new LeaseKeeper(attempt, settings.lease());
        CopyResult.Totals found = new CopyResult.Totals(
                foreign.stream().mapToLong(ForeignPartition::rows).sum(),
                foreign.stream().mapToLong(ForeignPartition::bytes).sum(),
                foreign.stream().mapToInt(each -> each.files().size()).sum());
        CopyResult claimed = new CopyResult(
                foreign.stream().map(each -> claimed(attempt, each)).toList(), RowDigest.EMPTY, found, 0);
        Map<String, Long> unseen = steps.publishAndObserve(attempt, claimed, control);
        if (!unseen.isEmpty()) {
            throw AdoptedRows.notRead(
                    context,
                    attempt,
                    unseen.size() + " of " + found.files() + " files aren't seen with the rows that they have, the"
                            + " first is " + unseen.keySet().iterator().next());
        }
        AdoptedRows rows = new AdoptedRows(context, attempt);
        Scan scan = Scan.of(context.table(), attempt.window()).versions(only(attempt.version()));
        steps.progress(attempt, ArchivePhase.COPY, found);
        rows.read(context.cold().open(scan, control), lease::keep, control);
        CopyResult taken = CopyResult.recorded(attempt, rows.manifests(foreign), found, 0, lease::keep);
        note(attempt, rows);
        return taken;
    }

    /** What the archive says of a partition whose rows aren't read yet. */
    private static PartitionManifest claimed(AdoptionAttempt attempt, ForeignPartition foreign) {
        return new PartitionManifest(
                foreign.partition(),
                attempt.version(),
                foreign.files(),
                foreign.rows(),
                foreign.bytes(),
                attempt.window().from(),
                attempt.window().from(),
                RowDigest.EMPTY,
                attempt.schemaVersion());
    }

    /** A version that isn't committed yet, besides those that are. */
    private VisibleVersions only(long version) {
        SortedSet<Long> excluded =
                new TreeSet<>(context.journal().state().versions().excluded());
        excluded.remove(version);
        return new VisibleVersions(version, excluded);
    }

    private void note(AdoptionAttempt attempt, AdoptedRows rows) {
        duplicates += rows.duplicates();
        rows.duplicateKeys().stream()
                .limit(Math.max(0, KEYS_REPORTED - duplicateKeys.size()))
                .forEach(duplicateKeys::add);
        if (rows.duplicates() > 0) {
            LOG.warn(
                    "taking over the archive of table '{}': {} rows of {} stand more than once in it",
                    context.table().name(),
                    rows.duplicates(),
                    attempt.window());
        }
    }

    /** Between what has rows, up to the first row above the watermark. */
    private List<TimeRange> gaps(List<AdoptedWindow> all, Instant watermark) {
        List<TimeRange> filled = new ArrayList<>(overlap.windows());
        all.stream()
                .map(AdoptedWindow::range)
                .filter(range -> !empty.contains(range))
                .forEach(filled::add);
        context.oldestHotRow(new TimeRange(watermark, TimeRange.SUPPORTED.to()), control)
                .map(context.layout()::windowContaining)
                .ifPresent(filled::add);
        filled.sort(Comparator.comparing(TimeRange::from));
        List<TimeRange> gaps = new ArrayList<>();
        @Nullable Instant end = null;
        for (TimeRange range : filled) {
            if (end != null && range.from().isAfter(end) && gaps.size() < GAPS_REPORTED) {
                gaps.add(new TimeRange(end, range.from()));
            }
            end = end == null || range.to().isAfter(end) ? range.to() : end;
        }
        return gaps;
    }
}
