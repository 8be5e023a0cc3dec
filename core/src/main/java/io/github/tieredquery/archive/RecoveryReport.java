package io.github.tieredquery.archive;

import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recovery has found and done. Immutable.
 *
 * @param forgotten the versions with files that the journal had forgotten, the lowest first. They are excluded; their
 *     files are removed by and by. Until then they are reported by each further call too, since one whose report was
 *     lost may have excluded them
 * @param excluded how many versions this call has excluded, those without files included
 * @param version the highest version that is never given out; the next one is beyond it
 * @param since the last moment that the journal and the place both know of, by the database's clock: what was done
 *     after it may be lost. Null if the journal never has issued a mark
 * @param until the last moment that the place knows of, by the clock of the database that is lost; null if nothing was
 *     forgotten, or if the place had no mark
 * @param erasedKeys how many keys were erased through the library between the two moments. Those erasures that came
 *     after the moment that the database was restored to are undone: the rows are there again. Erasures after
 *     {@code until} aren't known to anybody. So erase again whatever was asked to be erased after {@code since}
 * @param lacking files that the journal counts on and that the cold store lacks, since the lost history has replaced
 *     and removed them, the first 1,000. Until they are put back queries of their windows fail or miss their rows; then
 *     call it again, which makes their partitions known and says what is still lacking
 */
public record RecoveryReport(
        List<Forgotten> forgotten,
        long excluded,
        long version,
        @Nullable Instant since,
        @Nullable Instant until,
        long erasedKeys,
        List<String> lacking) {

    /**
     * A version that the journal had forgotten.
     *
     * @param version the version
     * @param windows when rows of its files are, oldest first: each from inclusive, to exclusive. How many of them the
     *     hot store has again nobody knows
     * @param partitions how many partitions it has files in
     * @param files how many files
     * @param bytes how many bytes they have
     */
    public record Forgotten(long version, List<TimeRange> windows, int partitions, long files, long bytes) {

        /** Copies the list. */
        public Forgotten {
            windows = List.copyOf(windows);
        }
    }

    /** Copies the lists. */
    public RecoveryReport {
        forgotten = List.copyOf(forgotten);
        lacking = List.copyOf(lacking);
    }

    /**
     * Whether there was anything to recover from.
     *
     * @return whether the place knew of something that the journal didn't
     */
    public boolean hasFound() {
        return until != null || excluded > 0;
    }
}
