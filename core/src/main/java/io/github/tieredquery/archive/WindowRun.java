package io.github.tieredquery.archive;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.WindowAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Archives windows, oldest first: steps 1 to 5 of the protocol. For one run. */
final class WindowRun {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);

    private final ArchiveSettings settings;
    private final ArchiveContext context;
    private final AttemptSteps steps;
    private final CostAdvice advice;
    private final ScanControl control;
    private final TimeBudget budget;
    private final DeleteRun deletes;
    private final @Nullable UnversionedCleanup leftovers;
    private ArchiveReport.@Nullable Suspended suspended;
    private @Nullable TieredQueryException refused;

    WindowRun(ArchiveSettings settings, ArchiveContext context, ScanControl control, DeleteRun deletes) {
        this.settings = settings;
        this.context = context;
        this.steps = new AttemptSteps(settings.attempt(), context);
        this.advice = new CostAdvice(context.table().name(), context.layout());
        this.control = control;
        this.budget = new TimeBudget(control);
        this.deletes = deletes;
        this.leftovers = context.layout().isVersioned() ? null : new UnversionedCleanup(context, control);
    }

    /**
     * Archives what is older than a limit. A refused row holds back the windows from its own on, but not the sweeps of
     * those before it.
     *
     * @param done gets each window with rows
     */
    ArchiveReport.Stop run(Instant limit, List<ArchiveReport.Window> done) {
        while (true) {
            Instant watermark = context.journal().state().watermark();
            Optional<TimeRange> window = nextWindow(watermark, limit);
            if (window.isEmpty()) {
                return ArchiveReport.Stop.NOTHING_LEFT;
            }
            if (!budget.allowsAnother()) {
                return ArchiveReport.Stop.BUDGET;
            }
            WindowResult result;
            try {
                result = archive(window.get(), watermark);
            } catch (ArchiveRefusedException | BadDataException e) {
                refused = e;
                return ArchiveReport.Stop.NOTHING_LEFT;
            }
            if (result.stop() != null) {
                return result.stop();
            }
            ArchiveReport.Window report = result.window();
            if (report != null && report.rows() > 0) {
                done.add(report);
                if (report.rows() > settings.rowsPerDelete() && deletes.run() == ArchiveReport.Stop.BUDGET) {
                    return ArchiveReport.Stop.BUDGET;
                }
            }
            budget.ended();
        }
    }

    /** Why there is no going on, if a window was refused. */
    Optional<TieredQueryException> refused() {
        return Optional.ofNullable(refused);
    }

    /** What would make queries cheaper, by the windows so far. */
    List<String> advice() {
        return advice.all();
    }

    /** What was removed of attempts at the windows that had failed, in a layout without versions. */
    CleanUpResult removed() {
        return leftovers == null ? CleanUpResult.NOTHING : leftovers.removed();
    }

    /** The window that the budget has broken off, if it has. */
    ArchiveReport.@Nullable Suspended suspended() {
        return suspended;
    }

    /**
     * What comes next: the window of the oldest row at or above the watermark, or the stretch without rows before it.
     * Empty if everything up to the limit is archived.
     */
    private Optional<TimeRange> nextWindow(@Nullable Instant watermark, Instant limit) {
        Optional<Instant> oldest = oldestRow(watermark, limit);
        if (watermark == null) {
            return oldest.map(context.layout()::windowContaining);
        }
        if (!watermark.isBefore(limit)) {
            return Optional.empty();
        }
        Instant next = oldest.map(context.layout()::windowStart).orElse(limit);
        return Optional.of(
                next.isAfter(watermark)
                        ? new TimeRange(watermark, next)
                        : new TimeRange(
                                watermark,
                                context.layout().windowContaining(watermark).to()));
    }

    private Optional<Instant> oldestRow(@Nullable Instant watermark, Instant limit) {
        Instant from = watermark == null ? Archiver.BEGINNING : watermark;
        if (!from.isBefore(limit)) {
            return Optional.empty();
        }
        return context.oldestHotRow(new TimeRange(from, limit), control);
    }

    /** What was archived or why the run stops. Neither, if somebody else was faster: look for the next window. */
    private record WindowResult(ArchiveReport.@Nullable Window window, ArchiveReport.@Nullable Stop stop) {

        static final WindowResult OVERTAKEN = new WindowResult(null, null);

        static WindowResult stopped(ArchiveReport.Stop reason) {
            return new WindowResult(null, reason);
        }
    }

    private WindowResult archive(TimeRange window, @Nullable Instant watermark) {
        long start = System.nanoTime();
        // What can't be taken over after all attempts is given up, for one more that copies all rows itself.
        boolean givenUp = false;
        for (int attempts = 1; attempts <= settings.attempts() + (givenUp ? 1 : 0); attempts++) {
            if (leftovers != null) {
                leftovers.lookBefore(window, watermark);
            }
            // 1. Start
            Optional<WindowAttempt> begun;
            try {
                begun = context.journal().beginWindow(window, settings.owner(), settings.lease());
            } catch (IllegalArgumentException e) {
                if (Objects.equals(watermark, context.journal().state().watermark())) {
                    throw e;
                }
                return WindowResult.OVERTAKEN;
            }
            if (begun.isEmpty()) {
                return WindowResult.stopped(ArchiveReport.Stop.LEASE_HELD_ELSEWHERE);
            }
            WindowCopier copier = steps.windowCopier(begun.get(), budget);
            try (WindowAttempt attempt = begun.get()) {
                context.marks().leave(attempt.mark(), control);
                CopyResult copy = written(attempt, copier, attempts >= settings.attempts());
                if (copy.digest().rows() > 0 && !isOneWindow(window)) {
                    // A stretch without rows has got some. A version with rows is of one window, so that a sweep of it
                    // needn't read more.
                    return WindowResult.OVERTAKEN;
                }
                Outcome outcome = commit(attempt, copy);
                if (outcome == Outcome.COMMITTED) {
                    return new WindowResult(report(attempt, copy, attempts, start), null);
                } else if (outcome == Outcome.LEASE_LOST) {
                    return WindowResult.stopped(ArchiveReport.Stop.LEASE_HELD_ELSEWHERE);
                }
            } catch (AttemptSteps.LeaseLostException e) {
                LOG.info(
                        "archiving table '{}': the lease for {} is lost",
                        context.table().name(),
                        window);
                return WindowResult.stopped(ArchiveReport.Stop.LEASE_HELD_ELSEWHERE);
            } catch (SourceUnavailableException e) {
                if (!copier.isTakingOver() || givenUp) {
                    throw e;
                }
                givenUp = attempts == settings.attempts();
                LOG.info(
                        "archiving table '{}': what a dead attempt had finished of {} can't be copied; it may have just"
                                + " been removed",
                        context.table().name(),
                        window,
                        e);
            }
        }
        return WindowResult.stopped(ArchiveReport.Stop.ROWS_KEPT_CHANGING);
    }

    /** 5. Commit. */
    private Outcome commit(WindowAttempt attempt, CopyResult copy) {
        steps.progress(attempt, ArchivePhase.COMMIT, copy.copied());
        Outcome outcome = attempt.commit(copy.digest(), settings.rowsPerDelete());
        if (outcome == Outcome.COMMITTED) {
            steps.progress(attempt, ArchivePhase.DONE, copy.copied());
            advice.lookAt(attempt.window(), copy);
        } else if (outcome == Outcome.ROWS_CHANGED) {
            attempt.discard();
            LOG.info(
                    "archiving table '{}': rows of {} changed while they were copied as version {}; copying again",
                    context.table().name(),
                    attempt.window(),
                    attempt.version());
        }
        return outcome;
    }

    private boolean isOneWindow(TimeRange window) {
        return window.equals(context.layout().windowContaining(window.from()));
    }

    /**
     * Steps 2 to 4. If the budget passes meanwhile, what is finished is left to the next run, unless a file may still
     * come that was begun to be written.
     */
    private CopyResult written(WindowAttempt attempt, WindowCopier copier, boolean isLast) {
        try {
            return steps.guarded(attempt, () -> {
                CopyResult copy = copy(attempt, copier);
                if (copy.digest().rows() == 0 || isOneWindow(attempt.window())) {
                    steps.publishAndVerify(attempt, copy, control);
                }
                return copy;
            });
        } catch (AttemptSteps.BudgetSpentException e) {
            suspend(attempt, copier);
            throw e;
        } catch (QueryTimedOutException e) {
            if (budget.isNearlySpent()) {
                suspend(attempt, copier);
            }
            throw e;
        } catch (SourceUnavailableException e) {
            if (copier.isTakingOver() && isLast) {
                discard(attempt, e);
            }
            throw e;
        }
    }

    /** What can't be copied may be gone for good, and then every later run would stop here too. */
    private static void discard(WindowAttempt attempt, SourceUnavailableException failure) {
        try {
            attempt.discard();
        } catch (TieredQueryException e) {
            failure.addSuppressed(e);
        }
    }

    /** 2. Copy. */
    private CopyResult copy(WindowAttempt attempt, WindowCopier copier) {
        List<FinishedFile> before =
                leftovers == null ? attempt.copiedFiles(context.layout()) : leftovers.clear(attempt, copier);
        copier.takeOver(before, control);
        steps.progress(attempt, ArchivePhase.COPY, copier.copied());
        Scan scan = Scan.of(context.table(), attempt.window())
                .clusteredBy(context.layout().filterColumns())
                .filter(ResumePoint.filter(context.table(), context.layout(), before));
        copier.copy(context.hot().open(scan, control), control);
        return copier.finish();
    }

    private void suspend(WindowAttempt attempt, WindowCopier copier) {
        CopyResult.Totals copied = copier.copied();
        if (copied.files() == 0 || !copier.isSettled()) {
            return;
        }
        suspended = new ArchiveReport.Suspended(
                attempt.window(), attempt.version(), copied.rows(), copied.bytes(), copied.files());
        LOG.info(
                "archiving table '{}': {} files of {} are copied as version {}; the next run goes on",
                context.table().name(),
                copied.files(),
                attempt.window(),
                attempt.version());
        try {
            attempt.suspend();
        } catch (TieredQueryException e) {
            LOG.warn(
                    "archiving table '{}': version {} could not be suspended, so its files will be copied",
                    context.table().name(),
                    attempt.version(),
                    e);
        }
    }

    private static ArchiveReport.Window report(WindowAttempt attempt, CopyResult copy, int attempts, long start) {
        return new ArchiveReport.Window(
                attempt.window(),
                attempt.version(),
                copy.digest().rows(),
                copy.copied().bytes(),
                copy.copied().files(),
                copy.manifests().size(),
                copy.takenOver(),
                attempts,
                Duration.ofNanos(System.nanoTime() - start));
    }
}
