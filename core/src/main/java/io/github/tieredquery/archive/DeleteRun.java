package io.github.tieredquery.archive;

import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.PendingDelete;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of step 5, where a commit has moved the watermark alone: deletes archived rows part by part. What is left
 * when a run ends, or dies, the next one finds in the journal. For one run.
 */
final class DeleteRun {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);

    private final ArchiveSettings settings;
    private final ArchiveContext context;
    private final ScanControl control;
    private long deleted;

    DeleteRun(ArchiveSettings settings, ArchiveContext context, ScanControl control) {
        this.settings = settings;
        this.context = context;
        this.control = control;
    }

    ArchiveReport.Stop run() {
        TimeBudget budget = new TimeBudget(control);
        for (List<PendingDelete> some = context.journal().undeleted();
                !some.isEmpty();
                some = context.journal().undeleted()) {
            for (PendingDelete rows : some) {
                if (!budget.allowsAnother()) {
                    return ArchiveReport.Stop.BUDGET;
                }
                settings.listener()
                        .progress(
                                new ArchiveProgress(rows.range(), rows.version(), ArchivePhase.DELETE, deleted, 0, 0));
                if (context.journal().delete(rows)) {
                    deleted += rows.digest().rows();
                } else {
                    LOG.info(
                            "archive of table '{}': archived rows of {} have changed since, so they stay as late rows",
                            context.table().name(),
                            rows.range());
                }
                budget.ended();
            }
        }
        return ArchiveReport.Stop.NOTHING_LEFT;
    }

    /** Late rows that equalled archived ones were deleted. */
    void addUnchanged(long rows) {
        deleted += rows;
    }

    /** What was deleted, and what is still to be. */
    ArchiveReport.LaterDeletes report() {
        return new ArchiveReport.LaterDeletes(
                deleted,
                context.journal().undeleted().stream()
                        .mapToLong(rows -> rows.digest().rows())
                        .sum());
    }
}
