package io.github.tieredquery.archive;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step 6 of the protocol: folds late rows and tombstones into new versions of archived windows, oldest first. A window
 * that can't be swept, since its rows keep changing, the cold format can't hold one or what is archived can't be read,
 * stays as it is and doesn't keep others from being swept. Nothing is swept in a layout without versions, where nothing
 * can be replaced. For one run.
 */
final class SweepRun {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);
    private static final int WINDOWS_REPORTED = 100;
    /** So many windows that a store fails for are no matter of single windows any more. */
    static final int MOST_FAILURES = 5;

    private final ArchiveSettings settings;
    private final ArchiveContext context;
    private final AttemptSteps steps;
    private final ScanControl control;
    private final ScanControl grace;
    private final DeleteRun deletes;
    private @Nullable TieredQueryException problem;
    private int failures;

    SweepRun(
            ArchiveSettings settings,
            ArchiveContext context,
            ScanControl control,
            ScanControl grace,
            DeleteRun deletes) {
        this.settings = settings;
        this.context = context;
        this.steps = new AttemptSteps(settings.attempt(), context);
        this.control = control;
        this.grace = grace;
        this.deletes = deletes;
    }

    /** What became of a window. */
    private enum Result {
        SWEPT,
        /** There was more than is held in memory: the window is looked at again. */
        SWEPT_IN_PART,
        NOTHING_TO_SWEEP,
        /** It was written a short time ago. */
        NOT_YET,
        KEPT_CHANGING,
        REFUSED,
        FAILED,
        LEASE_HELD_ELSEWHERE
    }

    /**
     * Sweeps what there is.
     *
     * @param done gets each sweep
     */
    ArchiveReport.Stop run(List<ArchiveReport.Sweep> done) {
        if (!context.layout().isVersioned()) {
            return ArchiveReport.Stop.NOTHING_LEFT;
        }
        Instant from = Archiver.BEGINNING;
        ArchiveReport.Stop stop = ArchiveReport.Stop.NOTHING_LEFT;
        TimeBudget budget = new TimeBudget(control);
        boolean goingOn = false;
        while (true) {
            Optional<TimeRange> window = next(from, control);
            if (window.isEmpty()) {
                return stop;
            }
            if (!budget.allowsAnother()) {
                return ArchiveReport.Stop.BUDGET;
            }
            boolean due = goingOn || isDue(window.get());
            goingOn = false;
            switch (due ? sweep(window.get(), done) : Result.NOT_YET) {
                case SWEPT_IN_PART -> {
                    from = window.get().from();
                    goingOn = true;
                }
                case SWEPT, NOTHING_TO_SWEEP, NOT_YET, REFUSED, FAILED ->
                    from = window.get().to();
                case KEPT_CHANGING -> {
                    stop = ArchiveReport.Stop.ROWS_KEPT_CHANGING;
                    from = window.get().to();
                }
                case LEASE_HELD_ELSEWHERE -> {
                    return ArchiveReport.Stop.LEASE_HELD_ELSEWHERE;
                }
            }
            budget.ended();
        }
    }

    /** Why a window wasn't swept, if one was refused or a store failed for one. */
    Optional<TieredQueryException> problem() {
        return Optional.ofNullable(problem);
    }

    /** Windows that have late rows or tombstones by now, the oldest ones, as far as there is time to look. */
    List<TimeRange> left() {
        List<TimeRange> windows = new ArrayList<>();
        Instant from = Archiver.BEGINNING;
        while (context.layout().isVersioned() && windows.size() < WINDOWS_REPORTED) {
            try {
                Optional<TimeRange> window = next(from, grace);
                if (window.isEmpty()) {
                    break;
                }
                windows.add(window.get());
                from = window.get().to();
            } catch (QueryTimedOutException e) {
                LOG.debug("no time is left to look for more windows that are to be swept", e);
                break;
            }
        }
        return windows;
    }

    /** The first window at or after a time, below the watermark, that has a late row or a tombstone. */
    private Optional<TimeRange> next(Instant from, ScanControl looking) {
        try (HotSnapshot snapshot = context.hot().snapshot(looking)) {
            Instant watermark = snapshot.journal().watermark();
            if (watermark == null || !from.isBefore(watermark)) {
                return Optional.empty();
            }
            TimeRange rest = new TimeRange(from, watermark);
            RowType time = RowType.of(List.of(context.table().timeColumn()));
            List<Instant> found = new ArrayList<>();
            try (RowCursor late = snapshot.open(
                            Scan.of(context.table(), rest).rowType(time).limit(1));
                    RowCursor erased = snapshot.openTombstones(rest, Order.OLDEST_FIRST)) {
                addTime(late.next(), found);
                addTime(erased.next(), found);
            }
            return found.stream().min(Comparator.naturalOrder()).map(context.layout()::windowContaining);
        }
    }

    private void addTime(@Nullable Row row, List<Instant> times) {
        if (row != null) {
            times.add(Objects.requireNonNull(
                    row.timestamp(context.table().timeColumn().name())));
        }
    }

    private boolean isDue(TimeRange window) {
        return context.journal()
                .timeSinceLastCommit(window)
                .filter(age -> age.compareTo(settings.sweepEvery()) < 0)
                .isEmpty();
    }

    private Result sweep(TimeRange window, List<ArchiveReport.Sweep> done) {
        long start = System.nanoTime();
        for (int attempts = 1; attempts <= settings.attempts(); attempts++) {
            Optional<SweepAttempt> begun = context.journal().beginSweep(window, settings.owner(), settings.lease());
            if (begun.isEmpty()) {
                return Result.LEASE_HELD_ELSEWHERE;
            }
            try (SweepAttempt attempt = begun.get()) {
                context.marks().leave(attempt.mark(), control);
                Optional<Result> result = sweep(attempt, attempts, start, done);
                if (result.isPresent()) {
                    return result.get();
                }
                LOG.info(
                        "sweeping table '{}': late rows of {} went or were erased while version {} was written; again",
                        context.table().name(),
                        window,
                        attempt.version());
            } catch (AttemptSteps.LeaseLostException e) {
                LOG.info(
                        "sweeping table '{}': the lease for {} is lost",
                        context.table().name(),
                        window);
                return Result.LEASE_HELD_ELSEWHERE;
            } catch (ArchiveRefusedException | BadDataException e) {
                LOG.warn(
                        "sweeping table '{}': a late row of {} is refused",
                        context.table().name(),
                        window,
                        e);
                problem = problem == null ? e : problem;
                return Result.REFUSED;
            } catch (SourceUnavailableException e) {
                if (++failures == MOST_FAILURES) {
                    throw e;
                }
                LOG.warn(
                        "sweeping table '{}': {} can't be swept now",
                        context.table().name(),
                        window,
                        e);
                problem = problem == null ? e : problem;
                return Result.FAILED;
            }
        }
        return Result.KEPT_CHANGING;
    }

    /** What became of the window; empty if its late rows changed. */
    private Optional<Result> sweep(SweepAttempt attempt, int attempts, long start, List<ArchiveReport.Sweep> done) {
        SweepInput all =
                SweepInput.take(context.hot(), attempt.window(), context.layout(), settings.rowsPerSweep(), control);
        if (all.isEmpty()) {
            return Optional.of(Result.NOTHING_TO_SWEEP);
        }
        Result swept = all.isPart() ? Result.SWEPT_IN_PART : Result.SWEPT;
        List<Row> hidden = steps.guarded(attempt, () -> all.findHidden(context.cold(), control));
        List<Row> unchanged = all.unchanged(hidden);
        SweepInput overlay = all.without(unchanged);
        Outcome outcome = unchanged.isEmpty() ? Outcome.COMMITTED : attempt.deleteUnchanged(all.swept(unchanged));
        if (outcome == Outcome.COMMITTED) {
            deletes.addUnchanged(unchanged.size());
            if (overlay.isEmpty()) {
                return Optional.of(swept);
            }
            CopyResult copy = steps.guarded(attempt, () -> {
                CopyResult written = copy(attempt, overlay, hidden);
                steps.publishAndVerify(attempt, written, control);
                return written;
            });
            steps.progress(attempt, ArchivePhase.COMMIT, copy.copied());
            outcome = attempt.commit(copy.digest(), overlay.swept());
            if (outcome == Outcome.COMMITTED) {
                steps.progress(attempt, ArchivePhase.DONE, copy.copied());
                done.add(report(attempt, overlay, copy, attempts, start));
            }
        }
        return switch (outcome) {
            case COMMITTED -> Optional.of(swept);
            case LEASE_LOST -> Optional.of(Result.LEASE_HELD_ELSEWHERE);
            case ROWS_CHANGED -> Optional.empty();
        };
    }

    private CopyResult copy(SweepAttempt attempt, SweepInput overlay, List<Row> hidden) {
        LeaseKeeper lease = new LeaseKeeper(attempt, settings.lease());
        return new SweepCopier(context.cold(), context.layout(), attempt.window(), overlay, hidden)
                .copy(steps.sweepCopier(attempt), lease::renew, control);
    }

    private static ArchiveReport.Sweep report(
            SweepAttempt attempt, SweepInput overlay, CopyResult copy, int attempts, long start) {
        return new ArchiveReport.Sweep(
                attempt.window(),
                attempt.version(),
                overlay.lateRows().size(),
                overlay.erasedKeys(),
                copy.digest().rows(),
                copy.copied().bytes(),
                copy.copied().files(),
                attempts,
                Duration.ofNanos(System.nanoTime() - start));
    }
}
