package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveHistory;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.store.StoredVersion;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets an archive go on whose journal has forgotten what was done at its place. The journal excludes what it has
 * forgotten in one transaction that issues a mark, and the mark takes the place of the unknown one: whoever goes on in
 * the lost history is refused from then on. If its own mark came between, all is looked at again. For one run.
 */
final class RecoveryRun {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);
    private static final int TRIES = 5;
    private static final int FILES_REPORTED = 1_000;
    /** Ten a day for more than two years. Statements of readers name each of them, and may have 256 KiB. */
    private static final long MOST_FORGOTTEN = 10_000;

    private final ArchiveSettings settings;
    private final ArchiveContext context;
    private final ScanControl control;
    /** By all tries together. */
    private long excluded;
    /** The last that a try has found. */
    private @Nullable ArchiveMark lost;

    RecoveryRun(ArchiveSettings settings, ArchiveContext context, ScanControl control) {
        this.settings = settings;
        this.context = context;
        this.control = control;
    }

    RecoveryReport run() {
        context.prepare(control);
        for (int tries = 0; tries < TRIES; tries++) {
            PlaceMarks.Found found = context.marks().look(control);
            StoredMark there = found.mark();
            ArchiveHistory history = context.journal().history();
            if (there != null && !there.mark().archive().equals(history.archive()) && !history.isOlderThanMarks()) {
                throw context.marks().foreign(there.mark(), history);
            }
            ArchiveMark unknown = there == null || found.isKnown() ? null : there.mark();
            SortedSet<Long> before = context.journal().forgotten();
            List<StoredVersion> forgotten = forgotten(history, before);
            if (unknown == null
                    && (highest(forgotten) <= history.version()
                            || !context.marks().isStill(there, control))) {
                return report(
                        history,
                        forgotten.stream()
                                .filter(stored -> before.contains(stored.version()))
                                .toList(),
                        history.version());
            }
            refuseFilesAboveTheWatermark();
            refuseWhatNoArchiveReaches(history, unknown, forgotten);
            lost = unknown == null ? lost : unknown;
            long highest =
                    Math.max(Math.max(history.version(), highest(forgotten)), unknown == null ? 0 : unknown.version());
            LOG.warn(
                    "archive of table '{}': excluding versions {} to {}, of {}; files were found of {}",
                    context.table().name(),
                    history.version() + 1,
                    highest,
                    unknown == null ? "a history without a mark" : unknown,
                    forgotten);
            ArchiveMark own = context.journal()
                    .recover(
                            unknown == null ? history.archive() : unknown.archive(),
                            context.layout().isVersioned() ? highest : 0,
                            highest,
                            unknown == null ? history.epoch() : unknown.epoch(),
                            settings.owner());
            excluded += highest - history.version();
            if (context.cold().mark(own, there, control)) {
                context.journal().remembers(own);
                return report(history, forgotten, highest);
            }
        }
        throw new SourceUnavailableException("archive of table '"
                + context.table().name() + "': "
                + context.cold().name() + " got another mark each of the " + TRIES + " times that it was looked at:"
                + " somebody goes on archiving there. End that, and call recover() again");
    }

    /** Those that the journal doesn't know, and those that a recovery which was broken off has excluded. */
    private List<StoredVersion> forgotten(ArchiveHistory history, SortedSet<Long> excludedBefore) {
        long above =
                excludedBefore.isEmpty() ? history.version() : Math.min(history.version(), excludedBefore.first() - 1);
        return context.cold().stored(above, control).stream()
                .filter(stored -> stored.version() > history.version() || excludedBefore.contains(stored.version()))
                .toList();
    }

    private static long highest(List<StoredVersion> stored) {
        return stored.isEmpty() ? 0 : stored.get(stored.size() - 1).version();
    }

    /** Each version is excluded by itself, so a number out of nowhere would have all those below it excluded. */
    private void refuseWhatNoArchiveReaches(
            ArchiveHistory history, @Nullable ArchiveMark unknown, List<StoredVersion> forgotten) {
        long last = history.version() + MOST_FORGOTTEN;
        StoredVersion beyond = forgotten.stream()
                .filter(stored -> stored.version() > last)
                .findFirst()
                .orElse(null);
        if (beyond != null) {
            throw beyond(history, beyond.file() + ", of version " + beyond.version());
        }
        if (unknown != null && unknown.version() > last && context.layout().isVersioned()) {
            throw beyond(history, "a mark of " + unknown.issued() + ", of version " + unknown.version());
        }
    }

    private ConfigurationException beyond(ArchiveHistory history, String what) {
        return new ConfigurationException("archive of table '" + context.table().name() + "': "
                + context.cold().name() + " has " + what + ", and the journal has given out versions up to "
                + history.version() + ". A journal that has forgotten more than " + MOST_FORGOTTEN + " versions isn't"
                + " recovered. Nothing was excluded or written. If it isn't the archive's, move it elsewhere; or else"
                + " restore a later backup; and call recover() again");
    }

    private static @Nullable Instant moment(ArchiveHistory history) {
        ArchiveMark left = history.left();
        return left == null ? null : left.issued();
    }

    private RecoveryReport report(ArchiveHistory history, List<StoredVersion> stored, long highest) {
        ArchiveMark shared = history.left();
        long erased = lost == null ? 0 : lost.erasedKeys() - (shared == null ? 0 : shared.erasedKeys());
        RecoveryReport report = new RecoveryReport(
                stored.stream().map(this::forgotten).toList(),
                excluded,
                highest,
                moment(history),
                lost == null ? null : lost.issued(),
                Math.max(0, erased),
                lacking());
        if (report.hasFound()) {
            LOG.warn(
                    "archive of table '{}': recovered from a history that the journal doesn't know: {}",
                    context.table().name(),
                    report);
        }
        return report;
    }

    private RecoveryReport.Forgotten forgotten(StoredVersion stored) {
        List<TimeRange> windows = AdoptedWindow.of(stored.partitions(), context.layout()).stream()
                .map(AdoptedWindow::range)
                .toList();
        return new RecoveryReport.Forgotten(
                stored.version(), windows, stored.partitions().size(), stored.files(), stored.bytes());
    }

    /**
     * Without versions all files count once the watermark passes them: those that the lost history has written beyond
     * it would be read beside what is archived next. Nobody but their owner can say whether they are wanted.
     */
    private void refuseFilesAboveTheWatermark() {
        if (context.layout().isVersioned()) {
            return;
        }
        Instant watermark = context.journal().state().watermark();
        TimeRange above = new TimeRange(watermark == null ? Archiver.BEGINNING : watermark, TimeRange.SUPPORTED.to());
        context.cold()
                .removeLeftovers(above, watermark == null ? List.of() : sharedBelow(watermark), List.of(), control);
    }

    /** Files of the window before that lie in partitions that the next one has too, where clocks go back. */
    private List<StoredFile> sharedBelow(Instant watermark) {
        HivePartitionPlanner planner = HivePartitionPlanner.of(context.table(), context.layout());
        Predicate<HivePartition> above =
                planner.matcher(new TimeRange(watermark, TimeRange.SUPPORTED.to()), Filter.all());
        TimeRange before = context.layout().windowContaining(watermark.minus(1, ChronoUnit.MICROS));
        List<StoredFile> files = new ArrayList<>();
        try (HotSnapshot snapshot = context.hot().snapshot(control)) {
            for (PartitionManifest manifest : snapshot.manifests(before, context.layout())) {
                if (above.test(manifest.partition())) {
                    files.addAll(manifest.files());
                }
            }
        }
        return files;
    }

    /**
     * The lost history may have replaced versions that count again, and removed them: first from the catalog, and then
     * their files. Files that are there, or are put back, are made known again. Without versions nothing is replaced.
     */
    private List<String> lacking() {
        List<String> lacking = new ArrayList<>();
        Instant watermark = context.journal().state().watermark();
        if (watermark == null || !context.layout().isVersioned()) {
            return lacking;
        }
        long left;
        try (HotSnapshot snapshot = context.hot().snapshot(control)) {
            left = snapshot.archiveSize().partitions();
        }
        Instant to = watermark;
        while (left > 0 && to.isAfter(Archiver.BEGINNING)) {
            TimeRange range = new TimeRange(monthBefore(to), to);
            List<PartitionManifest> manifests = manifests(range);
            left -= manifests.size();
            if (!manifests.isEmpty()) {
                List<String> gone = context.cold().lacking(manifests, control);
                gone.stream()
                        .limit(Math.max(0, FILES_REPORTED - lacking.size()))
                        .forEach(lacking::add);
                register(manifests, Set.copyOf(gone));
            }
            to = range.from();
        }
        return lacking;
    }

    /** A month of local time has directories of its own; two months may have but the table's in common. */
    private Instant monthBefore(Instant end) {
        ZoneId zone = context.layout().zone();
        LocalDate last = LocalDate.ofInstant(end.minus(1, ChronoUnit.MICROS), zone);
        return last.withDayOfMonth(1).atStartOfDay(zone).toInstant();
    }

    /** Those whose first row is in the range. */
    private List<PartitionManifest> manifests(TimeRange range) {
        try (HotSnapshot snapshot = context.hot().snapshot(control)) {
            return snapshot.manifests(range, context.layout()).stream()
                    .filter(manifest -> manifest.rows() > 0 && range.contains(manifest.minTime()))
                    .toList();
        }
    }

    private void register(List<PartitionManifest> manifests, Set<String> gone) {
        List<PartitionManifest> dropped = context.cold().unregistered(manifests, control).stream()
                .filter(manifest ->
                        manifest.files().stream().map(StoredFile::location).noneMatch(gone::contains))
                .toList();
        if (!dropped.isEmpty()) {
            context.cold().publish(dropped, control);
        }
    }
}
