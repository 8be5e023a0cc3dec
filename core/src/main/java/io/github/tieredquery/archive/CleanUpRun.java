package io.github.tieredquery.archive;

import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.DeadVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step 7 of the protocol: removes what dead versions have left. No lease is needed, since a dead version stays dead and
 * its number is never given out again; two that remove the same do no harm. A number leaves the list of excluded ones
 * last, when nothing is left that a reader could take for rows. For one run.
 */
final class CleanUpRun {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);
    private static final int VERSIONS_AT_ONCE = 20;

    private final ArchiveSettings settings;
    private final ArchiveContext context;
    private final ScanControl control;
    private CleanUpResult removed = CleanUpResult.NOTHING;

    CleanUpRun(ArchiveSettings settings, ArchiveContext context, ScanControl control) {
        this.settings = settings;
        this.context = context;
        this.control = control;
    }

    /** Versions that nobody can be reading any more. */
    List<DeadVersion> due() {
        if (!context.layout().isVersioned()) {
            return passed();
        }
        return context.journal().listDeadVersions(settings.removeAfter());
    }

    /**
     * Removes versions as long as the budget allows.
     *
     * @param dead some that were due
     */
    ArchiveReport.Stop run(List<DeadVersion> dead) {
        if (!context.layout().isVersioned()) {
            forget(dead);
            return ArchiveReport.Stop.NOTHING_LEFT;
        }
        if (!dead.isEmpty()) {
            context.marks().leave(context.journal().mark(), control);
        }
        TimeBudget budget = new TimeBudget(control);
        for (int from = 0; from < dead.size(); from += VERSIONS_AT_ONCE) {
            if (!budget.allowsAnother()) {
                return ArchiveReport.Stop.BUDGET;
            }
            List<DeadVersion> some = dead.subList(from, Math.min(from + VERSIONS_AT_ONCE, dead.size()));
            CleanUpResult now = context.cold().remove(some, control);
            context.journal().forgetVersions(some);
            removed = removed.plus(now);
            LOG.info(
                    "archive of table '{}': removed {} files of dead versions {}",
                    context.table().name(),
                    now.files(),
                    some.stream().map(DeadVersion::version).toList());
            budget.ended();
        }
        return ArchiveReport.Stop.NOTHING_LEFT;
    }

    /**
     * Without versions nobody reads by their numbers, and what an attempt has left of a window is gone when another one
     * commits it. Those at or above the watermark stay: they tell that files there are leftovers.
     */
    private List<DeadVersion> passed() {
        Instant watermark = context.journal().state().watermark();
        return watermark == null
                ? List.of()
                : context.journal().listDeadVersions(Duration.ZERO).stream()
                        .filter(each -> !each.window().to().isAfter(watermark))
                        .toList();
    }

    private void forget(List<DeadVersion> passed) {
        if (!passed.isEmpty()) {
            context.journal().forgetVersions(passed);
            removed = removed.plus(new CleanUpResult(passed.size(), 0, 0, 0));
        }
    }

    /** What was removed so far. */
    CleanUpResult removed() {
        return removed;
    }
}
