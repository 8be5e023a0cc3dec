package io.github.tieredquery.archive;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What taking over an archive has done. Immutable.
 *
 * @param stop why it ended: all is taken over, the budget doesn't allow another window, or another archiver holds the
 *     lease
 * @param watermark rows before it, exclusive, are archived; null as long as something is left
 * @param windows how many windows this call has taken over
 * @param partitions how many partitions they have
 * @param files how many files
 * @param rows how many rows
 * @param bytes how many bytes their files have
 * @param windowsLeft how many windows are left, as far as the archive was looked through
 * @param duplicates how many rows of these windows stand more than once in the archive, with the same time and key:
 *     readers get each of them, and pages may leave one out. Insert such a row into the hot store to have one of it
 * @param duplicateKeys the times and keys of the first 100 of them
 * @param overlap rows that are in both tiers; nothing as long as something is left
 * @param gaps stretches of whole windows between the oldest and the newest row in which neither tier has a row, the
 *     first 100: whether rows are missing there, or never were, nobody can tell but those who know the data. Within a
 *     window that has some row, a row that is in neither tier can't be told at all
 * @param elapsed how long it took
 */
public record AdoptionReport(
        ArchiveReport.Stop stop,
        @Nullable Instant watermark,
        int windows,
        long partitions,
        long files,
        long rows,
        long bytes,
        int windowsLeft,
        long duplicates,
        List<Row> duplicateKeys,
        Overlap overlap,
        List<TimeRange> gaps,
        Duration elapsed) {

    /**
     * Rows of the hot store below the watermark, by what the archive has with their time and key. The hot store's win,
     * and the next run of the archiver sweeps them.
     *
     * @param equal how many the archive has just so
     * @param differing how many the archive has with other values
     * @param differingKeys the times and keys of the first 100 of those
     * @param onlyHot how many the archive doesn't have
     */
    public record Overlap(long equal, long differing, List<Row> differingKeys, long onlyHot) {

        /** Copies the list. */
        public Overlap {
            differingKeys = List.copyOf(differingKeys);
        }
    }

    /** Copies the lists. */
    public AdoptionReport {
        duplicateKeys = List.copyOf(duplicateKeys);
        gaps = List.copyOf(gaps);
    }

    /**
     * Whether all is taken over.
     *
     * @return if not, run the {@link Adoption} again
     */
    public boolean isComplete() {
        return stop == ArchiveReport.Stop.NOTHING_LEFT;
    }
}
