package io.github.tieredquery.archive;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.HotStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * <p>Where one transaction for a whole window would be too big, the rows are deleted in parts after it
 * ({@link ArchiverBuilder#rowsPerDelete}).
 *
 * <p>Then it sweeps: a window that was archived before, and of which rows came late or were erased since, gets a new
 * version with what counts now, so that the hot store is rid of the late rows and the files of the erased ones.
 * Partitions without such rows are copied by the cold store itself; each other one is read and written as a whole,
 * however few rows it is for.
 *
 * <p>Last it cleans up: files and partitions of attempts that have failed, and of versions that sweeps have replaced,
 * are removed once no reader can be using them ({@link ArchiverBuilder#removeAfter}).
 *
 * <p>Into a layout {@link io.github.tieredquery.partition.HivePartitionLayout#withoutVersion() without versions} it
 * archives too, with a weaker promise that is described there: it sweeps nothing, and no second archiver may be at
 * work. What a failed attempt has left of a window is removed when the next one begins.
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
    static final Instant BEGINNING = TimeRange.SUPPORTED.from();

    private final ArchiveSettings settings;
    private final ArchiveContext context;

    Archiver(ArchiveSettings settings, ArchiveContext context) {
        this.settings = settings;
        this.context = context;
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
     * Archives all windows that are older than the retention, then sweeps and cleans up.
     *
     * @return what was done
     * @throws ArchiveRefusedException if the cold format cannot hold a row; nothing of its window is deleted, and what
     *     doesn't depend on it was archived and swept before
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the answer to a commit was lost; the next run
     *     finds out
     * @throws io.github.tieredquery.error.UnknownHistoryException if the cold store's place knows of versions that the
     *     journal has forgotten or never knew of: see {@link #recover()}
     * @throws ConfigurationException if the archive was written with another table or layout, and not only with fewer
     *     columns, or if there is an archive to be taken over ({@link Adoption}) first
     * @throws ConfigurationException if the archiver's clock is further ahead of the database's than
     *     {@link ArchiverBuilder#clockAhead} allows
     * @throws SourceUnavailableException if a store fails, or the cold store doesn't show what was written to it. If
     *     only {@link ColdStore#publishView} fails, with this or another exception, it is thrown when all is archived
     *     and swept, and nothing was removed
     * @throws ConfigurationException if the layout has no versions and somebody else's files lie where a window is to
     *     be archived, or, before the first one, anywhere in the archive
     */
    public ArchiveReport run() {
        return run(ScanControl.unlimited(), null);
    }

    /**
     * Archives, then sweeps, as long as a time budget lasts. A window, or a sweep, is started only if the slowest one
     * so far would fit into what is left. A window that doesn't end in time is broken off in the last tenth of the
     * budget, and the next run goes on behind its last finished file; a sweep that doesn't is given up. Readers see
     * nothing of either.
     *
     * @param budget how long the run may take, positive
     * @return what was done, and whether something is left
     * @throws IllegalArgumentException if the budget isn't positive, or not longer than {@link ArchiverBuilder#settle}
     * @see #run()
     */
    public ArchiveReport run(Duration budget) {
        return run(settings.attempt().within(budget), budget);
    }

    /**
     * Goes on after the database was restored to an earlier moment, or has failed over to a replica that lacked the
     * last commits, or has lost them in a crash: {@link #run()} refuses that with an
     * {@link io.github.tieredquery.error.UnknownHistoryException}. Call it once, in the database that is to go on, when
     * nothing else archives there any more. In a copy of a database that goes on elsewhere don't: give the copy a place
     * of its own.
     *
     * <p>The versions that the journal has forgotten are excluded from reading and never given out; what they have
     * written is removed like what other dead versions have written, {@link ArchiverBuilder#removeAfter} later. Rows
     * that were in them are in the hot store again, as they were at the moment that the database was restored to. Rows
     * that came since then, and were archived, are lost with the versions: copy the files that the report names
     * elsewhere before they are removed if those rows are wanted back.
     *
     * <p>In a layout without versions it refuses as long as there are files at or above the watermark, and names the
     * first: move them elsewhere.
     *
     * <p>Then it looks for all files that the journal counts on, since the lost history may have removed some.
     *
     * <p>Readers needn't stop. Where nothing is to be done nothing is changed; called again after a crash, or when
     * files were put back, it goes on.
     *
     * @return what was forgotten, and what is to be done by hand
     * @throws ConfigurationException if the place is another archive's, or holds files of forgotten windows in a layout
     *     without versions
     * @throws SourceUnavailableException if a store fails, or if somebody else goes on archiving there meanwhile
     */
    public RecoveryReport recover() {
        return recover(ScanControl.unlimited());
    }

    /**
     * Does what {@link #recover()} does within a time, whatever the network does. What a call had no time for is done
     * by the next one; the versions that were excluded until then stay excluded, and are reported again.
     *
     * @param budget how long the call may take, positive. It is late by a second at most
     * @return what was forgotten, and what is to be done by hand
     * @throws IllegalArgumentException if the budget isn't positive
     * @throws io.github.tieredquery.error.QueryTimedOutException if the budget ends before the recovery does
     * @see #recover()
     */
    public RecoveryReport recover(Duration budget) {
        if (budget.isZero() || budget.isNegative()) {
            throw new IllegalArgumentException("the budget is " + budget + "; it is positive");
        }
        return recover(ScanControl.within(budget));
    }

    /** For tests that end it when they like. */
    RecoveryReport recover(ScanControl control) {
        return new RecoveryRun(settings, context.until(ArchiveContext.withGrace(control)), control).run();
    }

    /** For tests that have their own clock. */
    ArchiveReport run(ScanControl control, @Nullable Duration budget) {
        ScanControl grace = ArchiveContext.withGrace(control);
        return run(context.until(grace), control, grace, budget);
    }

    private ArchiveReport run(
            ArchiveContext context, ScanControl control, ScanControl grace, @Nullable Duration budget) {
        long start = System.nanoTime();
        Instant now = settings.clock().instant();
        Instant limit = limit(now);
        List<ArchiveReport.Window> done = new ArrayList<>();
        List<ArchiveReport.Sweep> swept = new ArrayList<>();
        DeleteRun deletes = new DeleteRun(settings, context, control);
        WindowRun windows = new WindowRun(settings, context, control, deletes);
        SweepRun sweeps = new SweepRun(settings, context, control, grace, deletes);
        CleanUpRun cleanUp = new CleanUpRun(settings, context, control);
        TieredQueryException unexposed = null;
        ArchiveReport.Stop stop;
        try {
            context.prepare(control);
            context.marks().check(control);
            refuseBeforeAdoption(context);
            refuseClockAhead(context, now);
            try {
                stop = deletes.run();
                if (stop == ArchiveReport.Stop.NOTHING_LEFT) {
                    stop = work(windows, limit, done, sweeps, swept);
                }
            } catch (AttemptSteps.BudgetSpentException e) {
                stop = budgetSpent(budget);
            }
            // What is dead before others are shown what counts is left out of that.
            List<DeadVersion> dead = stop == ArchiveReport.Stop.BUDGET ? List.of() : cleanUp.due();
            unexposed = expose(context, control);
            if (unexposed == null && stop != ArchiveReport.Stop.BUDGET) {
                ArchiveReport.Stop cleanUpStop = cleanUp.run(dead);
                stop = cleanUpStop == ArchiveReport.Stop.NOTHING_LEFT ? stop : cleanUpStop;
            }
        } catch (QueryTimedOutException e) {
            if (!control.remaining().equals(Optional.of(Duration.ZERO))) {
                throw e;
            }
            stop = budgetSpent(budget);
        }
        Optional<TieredQueryException> problem = windows.refused().or(sweeps::problem);
        if (problem.isPresent()) {
            throw problem.get();
        }
        if (unexposed != null) {
            throw unexposed;
        }
        return new ArchiveReport(
                done,
                swept,
                sweeps.left(),
                deletes.report(),
                windows.removed().plus(cleanUp.removed()),
                windows.advice(),
                windows.suspended(),
                stop,
                context.journal().state().watermark(),
                limit,
                Duration.ofNanos(System.nanoTime() - start));
    }

    /** A watermark of its own would shut out the archive that is to be taken over. */
    private static void refuseBeforeAdoption(ArchiveContext context) {
        if (context.cold().requiresAdoption() && context.journal().state().watermark() == null) {
            throw new ConfigurationException(
                    "table '" + context.table().name() + "': " + context.cold().name()
                            + " was built to take over an archive, and not all of it is taken over yet; run"
                            + " Adoption.of(…) until its report is complete");
        }
    }

    private ArchiveReport.Stop budgetSpent(@Nullable Duration budget) {
        LOG.info(
                "archiving table '{}' stops: the budget of {} has passed",
                context.table().name(),
                budget);
        return ArchiveReport.Stop.BUDGET;
    }

    private static ArchiveReport.Stop work(
            WindowRun windows,
            Instant limit,
            List<ArchiveReport.Window> done,
            SweepRun sweeps,
            List<ArchiveReport.Sweep> swept) {
        ArchiveReport.Stop stop = windows.run(limit, done);
        if (stop == ArchiveReport.Stop.NOTHING_LEFT || stop == ArchiveReport.Stop.ROWS_KEPT_CHANGING) {
            ArchiveReport.Stop sweepStop = sweeps.run(swept);
            stop = sweepStop == ArchiveReport.Stop.NOTHING_LEFT ? stop : sweepStop;
        }
        return stop;
    }

    /**
     * Shows what counts by now to those who ask the cold store by themselves. If that fails, nothing is removed that
     * they may still be shown, and the run fails when all else is done.
     */
    private static @Nullable TieredQueryException expose(ArchiveContext context, ScanControl control) {
        try {
            context.cold().publishView(context.counted(), control);
            return null;
        } catch (QueryTimedOutException | QueryCancelledException e) {
            throw e;
        } catch (TieredQueryException e) {
            LOG.warn(
                    "archive of table '{}': {} doesn't show others what counts by now, and dead versions are kept: {}",
                    context.table().name(),
                    context.cold().name(),
                    e.getMessage());
            return e;
        }
    }

    /** Nothing takes back a watermark that has moved too far. */
    private void refuseClockAhead(ArchiveContext context, Instant now) {
        Instant database = context.journal().clock();
        Duration ahead = Duration.between(database, now);
        if (ahead.compareTo(settings.clockAhead()) > 0) {
            throw new ConfigurationException("table '" + context.table().name() + "': the archiver's clock shows " + now
                    + " and that of " + context.hot().name() + " shows " + database + ", which is " + ahead
                    + " less, and clockAhead(" + settings.clockAhead() + ") is allowed: days would be archived before"
                    + " they are old enough, and the watermark never goes back. Set the clock that is wrong, or allow"
                    + " more with ArchiverBuilder.clockAhead(…)");
        }
    }

    private Instant limit(Instant now) {
        ZoneId zone = context.layout().zone();
        return context.layout()
                .windowStart(now.atZone(zone)
                        .minus(settings.keep())
                        .toLocalDate()
                        .atStartOfDay(zone)
                        .toInstant());
    }
}
