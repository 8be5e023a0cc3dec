package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves rows that are older than the retention from the hot to the cold store, one window (a day of the layout's zone)
 * after the other, oldest first. Each window is copied under a version of its own, registered, counted through the cold
 * store itself, and then, in one transaction of the hot database, compared once more and deleted. Whatever happens in
 * between, rows are neither lost nor seen twice; the next run goes on where this one stopped.
 *
 * <p>Windows are archived strictly in order of time, since one watermark tells readers where the archive ends: a window
 * with a row that the cold format cannot hold keeps later windows in the hot store too.
 *
 * <pre>{@code
 * ArchiveReport report = Archiver.builder(hot, cold).keep(Period.ofDays(30)).build().run();
 * }</pre>
 *
 * <p>Immutable and thread-safe; a lease in the journal lets one archiver at a time work on a table. It needs no
 * closing: the stores belong to whoever built them.
 */
public final class Archiver {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);
    private static final int OBSERVATIONS = 4;

    private final ArchiveSettings settings;
    private final HotStore hot;
    private final ColdStore cold;
    private final ArchiveJournal journal;
    private final Table table;
    private final HivePartitionLayout layout;

    Archiver(ArchiveSettings settings, HotStore hot, ColdStore cold, ArchiveJournal journal) {
        this.settings = settings;
        this.hot = hot;
        this.cold = cold;
        this.journal = journal;
        this.table = hot.table();
        this.layout = cold.layout().checkedAgainst(table);
    }

    /**
     * Starts building.
     *
     * @param hot where rows are taken from; has a journal
     * @param cold where they go
     * @return a builder
     */
    public static ArchiverBuilder builder(HotStore hot, ColdStore cold) {
        return new ArchiverBuilder(hot, cold);
    }

    /**
     * Archives all windows that are older than the retention.
     *
     * @return what was done
     * @throws io.github.tieredquery.error.ArchiveRefusedException if the cold format cannot hold a row; nothing of its
     *     window is deleted
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the answer to a commit was lost; the next run
     *     finds out
     * @throws ConfigurationException if the archive was written with another table or layout
     * @throws SourceUnavailableException if a store fails, or the cold store doesn't show what was written to it
     */
    public ArchiveReport run() {
        return run(ScanControl.unlimited(), null);
    }

    /**
     * Archives windows as long as a time budget lasts. A window is started only if the slowest one so far would fit
     * into what is left; one that doesn't end in time is given up without a trace for readers.
     *
     * @param budget how long the run may take, positive
     * @return what was done, and whether something is left
     * @throws IllegalArgumentException if the budget isn't positive
     * @see #run()
     */
    public ArchiveReport run(Duration budget) {
        if (budget.isZero() || budget.isNegative()) {
            throw new IllegalArgumentException("the budget is " + budget + "; it is positive");
        }
        return run(ScanControl.within(budget), budget);
    }

    /** For tests that have their own clock. */
    ArchiveReport run(ScanControl control, @Nullable Duration budget) {
        long start = System.nanoTime();
        Instant limit = layout.windowStart(settings.clock()
                .instant()
                .atZone(layout.zone())
                .minus(settings.keep())
                .toLocalDate()
                .atStartOfDay(layout.zone())
                .toInstant());
        List<ArchiveReport.Window> done = new ArrayList<>();
        ArchiveReport.Stop stop;
        try {
            cold.prepare(control);
            journal.prepare(ArchiveIdentity.of(table, layout).text());
            stop = archiveWindows(limit, done, control);
        } catch (QueryTimedOutException e) {
            if (!control.remaining().equals(Optional.of(Duration.ZERO))) {
                throw e;
            }
            LOG.info("archiving table '{}' stops: the budget of {} has passed", table.name(), budget);
            stop = ArchiveReport.Stop.BUDGET;
        }
        return new ArchiveReport(
                done, stop, journal.state().watermark(), limit, Duration.ofNanos(System.nanoTime() - start));
    }

    private ArchiveReport.Stop archiveWindows(Instant limit, List<ArchiveReport.Window> done, ScanControl control) {
        Duration slowest = Duration.ZERO;
        while (true) {
            Instant watermark = journal.state().watermark();
            Optional<TimeRange> window = nextWindow(watermark, limit, control);
            if (window.isEmpty()) {
                return ArchiveReport.Stop.NOTHING_LEFT;
            }
            Duration needed = slowest;
            if (control.remaining().filter(rest -> rest.compareTo(needed) < 0).isPresent()) {
                return ArchiveReport.Stop.BUDGET;
            }
            Optional<Duration> before = control.remaining();
            WindowResult result = archive(window.get(), watermark, control);
            if (result.stop() != null) {
                return result.stop();
            }
            ArchiveReport.Window report = result.window();
            if (report != null && report.rows() > 0) {
                done.add(report);
            }
            if (before.isPresent()) {
                Duration took = before.get().minus(control.remaining().orElseThrow());
                slowest = took.compareTo(slowest) > 0 ? took : slowest;
            }
        }
    }

    /**
     * What comes next: the window of the oldest row at or above the watermark, or the stretch without rows before it.
     * Empty if everything up to the limit is archived.
     */
    private Optional<TimeRange> nextWindow(@Nullable Instant watermark, Instant limit, ScanControl control) {
        Optional<Instant> oldest = oldestRow(watermark, limit, control);
        if (watermark == null) {
            return oldest.map(layout::windowContaining);
        }
        if (!watermark.isBefore(limit)) {
            return Optional.empty();
        }
        Instant next = oldest.map(layout::windowStart).orElse(limit);
        return Optional.of(
                next.isAfter(watermark)
                        ? new TimeRange(watermark, next)
                        : new TimeRange(
                                watermark, layout.windowContaining(watermark).to()));
    }

    private Optional<Instant> oldestRow(@Nullable Instant watermark, Instant limit, ScanControl control) {
        Instant from = watermark == null ? Instant.parse("0001-01-01T00:00:00Z") : watermark;
        if (!from.isBefore(limit)) {
            return Optional.empty();
        }
        Scan scan = Scan.of(table, new TimeRange(from, limit))
                .rowType(RowType.of(List.of(table.timeColumn())))
                .limit(1);
        try (RowCursor rows = hot.open(scan, control)) {
            Row row = rows.next();
            return Optional.ofNullable(
                    row == null ? null : row.timestamp(table.timeColumn().name()));
        }
    }

    /** What was archived or why the run stops. Neither, if another archiver was faster: look for the next window. */
    private record WindowResult(ArchiveReport.@Nullable Window window, ArchiveReport.@Nullable Stop stop) {

        static final WindowResult OVERTAKEN = new WindowResult(null, null);

        static WindowResult stopped(ArchiveReport.Stop reason) {
            return new WindowResult(null, reason);
        }
    }

    private WindowResult archive(TimeRange window, @Nullable Instant watermark, ScanControl control) {
        long start = System.nanoTime();
        for (int attempts = 1; attempts <= settings.attempts(); attempts++) {
            // 1. Start
            Optional<ArchiveAttempt> begun;
            try {
                begun = journal.begin(window, settings.owner(), settings.lease());
            } catch (IllegalArgumentException e) {
                if (Objects.equals(watermark, journal.state().watermark())) {
                    throw e;
                }
                return WindowResult.OVERTAKEN;
            }
            if (begun.isEmpty()) {
                return WindowResult.stopped(ArchiveReport.Stop.LEASE_HELD_ELSEWHERE);
            }
            try (ArchiveAttempt attempt = begun.get()) {
                WindowCopy copy = copy(attempt, control);
                publishAndVerify(attempt, copy, control);
                progress(attempt, ArchivePhase.COMMIT, copy.copied());
                // 5. Commit
                switch (attempt.commit(copy.digest())) {
                    case COMMITTED -> {
                        progress(attempt, ArchivePhase.DONE, copy.copied());
                        return new WindowResult(report(attempt, copy, attempts, start), null);
                    }
                    case LEASE_LOST -> {
                        return WindowResult.stopped(ArchiveReport.Stop.LEASE_HELD_ELSEWHERE);
                    }
                    case ROWS_CHANGED ->
                        LOG.info(
                                "archiving table '{}': rows of {} changed while they were copied as version {}; copying again",
                                table.name(),
                                window,
                                attempt.version());
                }
            } catch (LeaseLostException e) {
                LOG.info("archiving table '{}': the lease for {} is lost", table.name(), window);
                return WindowResult.stopped(ArchiveReport.Stop.LEASE_HELD_ELSEWHERE);
            }
        }
        return WindowResult.stopped(ArchiveReport.Stop.ROWS_KEPT_CHANGING);
    }

    /** 2. Copy. */
    private WindowCopy copy(ArchiveAttempt attempt, ScanControl control) {
        progress(attempt, ArchivePhase.COPY, new Copied(0, 0, 0));
        LeaseKeeper lease = new LeaseKeeper(attempt, settings.lease());
        return new WindowCopier(
                        hot,
                        cold,
                        layout,
                        attempt,
                        settings.files(),
                        lease::keep,
                        copied -> progress(attempt, ArchivePhase.COPY, copied))
                .copy(control);
    }

    private void publishAndVerify(ArchiveAttempt attempt, WindowCopy copy, ScanControl control) {
        if (copy.manifests().isEmpty()) {
            return;
        }
        // 3. Publish
        LeaseKeeper lease = new LeaseKeeper(attempt, settings.lease());
        lease.renew();
        progress(attempt, ArchivePhase.PUBLISH, copy.copied());
        cold.publish(copy.manifests(), control);
        // 4. Verify
        lease.renew();
        progress(attempt, ArchivePhase.VERIFY, copy.copied());
        Map<String, Long> missing = Map.of();
        for (int i = 0; i < OBSERVATIONS; i++) {
            if (i > 0) {
                control.pause(settings.settle().multipliedBy(1L << i), "waiting for " + cold.name());
            }
            missing = unseen(attempt, copy, control);
            if (missing.isEmpty()) {
                control.pause(settings.settle(), "letting the catalog settle");
                lease.renew();
                return;
            }
        }
        throw new SourceUnavailableException("archiving table '" + table.name() + "', window " + attempt.window()
                + ", version " + attempt.version() + ": " + cold.name() + " doesn't show what was written: "
                + missing.size() + " of " + copy.copied().files()
                + " files are missing or have other counts, the first is "
                + missing.keySet().iterator().next()
                + ". Nothing was deleted. Look at the table's partitions and at its location");
    }

    /** The files that the cold store doesn't see as they were written; what it sees beyond them counts as well. */
    private Map<String, Long> unseen(ArchiveAttempt attempt, WindowCopy copy, ScanControl control) {
        Map<String, Long> expected = new TreeMap<>();
        for (PartitionManifest manifest : copy.manifests()) {
            for (StoredFile file : manifest.files()) {
                if (expected.put(file.location(), file.rows()) != null) {
                    throw new IllegalStateException("two files were written to " + file.location());
                }
            }
        }
        for (StoredFile seen : cold.observe(attempt.window(), attempt.version(), control)) {
            if (!expected.remove(seen.location(), seen.rows())) {
                expected.put(seen.location(), seen.rows());
            }
        }
        return expected;
    }

    private void progress(ArchiveAttempt attempt, ArchivePhase phase, Copied copied) {
        settings.listener()
                .progress(new ArchiveProgress(
                        attempt.window(), attempt.version(), phase, copied.rows(), copied.bytes(), copied.files()));
    }

    private static ArchiveReport.Window report(ArchiveAttempt attempt, WindowCopy copy, int attempts, long start) {
        return new ArchiveReport.Window(
                attempt.window(),
                attempt.version(),
                copy.digest().rows(),
                copy.copied().bytes(),
                copy.copied().files(),
                copy.manifests().size(),
                attempts,
                Duration.ofNanos(System.nanoTime() - start));
    }
}
