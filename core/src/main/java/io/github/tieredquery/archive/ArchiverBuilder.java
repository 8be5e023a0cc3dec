package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import java.time.Duration;
import java.time.InstantSource;
import java.time.Period;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds an {@link Archiver}. Not thread-safe. */
public final class ArchiverBuilder {

    private final HotStore hot;
    private final ColdStore cold;
    private @Nullable Period keep;
    private InstantSource clock = InstantSource.system();
    private Duration clockAhead = Duration.ofMinutes(5);
    private AttemptSettings attempt = AttemptSettings.DEFAULT;
    private int attempts = 3;
    private long rowsPerDelete = Long.MAX_VALUE;
    private int rowsPerSweep = 20_000;
    private Duration sweepEvery = Duration.ofHours(1);
    private Duration removeAfter = Duration.ofHours(12);

    ArchiverBuilder(HotStore hot, ColdStore cold) {
        this.hot = Objects.requireNonNull(hot, "hot");
        this.cold = Objects.requireNonNull(cold, "cold");
    }

    /**
     * How much stays in the hot store: a day is archived when it ended at least so long ago. Required.
     *
     * @param period positive, in the calendar of the layout's zone
     * @return this builder
     * @throws IllegalArgumentException if the period isn't positive
     */
    public ArchiverBuilder keep(Period period) {
        if (period.isZero() || period.isNegative()) {
            throw new IllegalArgumentException("keep(" + period + "): keep at least a day in the hot store");
        }
        keep = period;
        return this;
    }

    /**
     * The clock that tells today. The system's by default.
     *
     * @param instantSource the clock
     * @return this builder
     */
    public ArchiverBuilder clock(InstantSource instantSource) {
        clock = Objects.requireNonNull(instantSource, "instantSource");
        return this;
    }

    /**
     * How far {@link #clock} may be ahead of the database's. A run is refused beyond that, before it archives anything:
     * days would be archived that aren't old enough, and the watermark never goes back. One that is behind is never
     * refused, since it only archives less. 5 minutes by default.
     *
     * @param time 0 or more
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public ArchiverBuilder clockAhead(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("clockAhead(" + time + "): the time is 0 or more");
        }
        clockAhead = time;
        return this;
    }

    /**
     * What the journal calls this archiver, for operators. {@code archiver-} and the process id by default.
     *
     * @param name the name
     * @return this builder
     */
    public ArchiverBuilder owner(String name) {
        attempt = attempt.withOwner(Objects.requireNonNull(name, "name"));
        return this;
    }

    /**
     * For how long the lease is taken and renewed; another archiver takes over when it has run out. 5 minutes by
     * default.
     *
     * @param time positive, longer than a file takes to upload, and more than eight times {@link #settle}
     * @return this builder
     */
    public ArchiverBuilder lease(Duration time) {
        attempt = attempt.withLease(time);
        return this;
    }

    /**
     * How long the catalog is given between verifying and committing; Glue documents no read-after-write for other
     * clients. 2 seconds by default.
     *
     * @param time 0 or more
     * @return this builder
     */
    public ArchiverBuilder settle(Duration time) {
        attempt = attempt.withSettle(time);
        return this;
    }

    /**
     * After how many rows a new file is begun. No such limit by default.
     *
     * @param rows positive
     * @return this builder
     */
    public ArchiverBuilder rowsPerFile(long rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("rowsPerFile(" + rows + "): the number is positive");
        }
        attempt = attempt.withFiles(
                new AttemptSettings.FileLimits(rows, attempt.files().bytes()));
        return this;
    }

    /**
     * After how many bytes, about, a new file is begun. 128 MiB by default.
     *
     * @param bytes positive
     * @return this builder
     */
    public ArchiverBuilder bytesPerFile(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytesPerFile(" + bytes + "): the number is positive");
        }
        attempt =
                attempt.withFiles(new AttemptSettings.FileLimits(attempt.files().rows(), bytes));
        return this;
    }

    /**
     * How many times a window is copied, or swept, before the run gives up because its rows change each time. 3 by
     * default. What an earlier run had finished of a window is given up if it can't be taken over so many times; then
     * the window is copied once more, from its first row on.
     *
     * @param times positive
     * @return this builder
     */
    public ArchiverBuilder attempts(int times) {
        if (times < 1) {
            throw new IllegalArgumentException("attempts(" + times + "): the number is positive");
        }
        attempts = times;
        return this;
    }

    /**
     * About how many rows one transaction deletes at most. A window with more is archived by a transaction that
     * compares its rows and moves the watermark, and deletes none; then they are deleted part by part, each part if it
     * still holds what is archived. Until a row is deleted, the row in the hot store wins over the archived one, and
     * readers see it once; they read both, so they are slower there. A long transaction that deletes millions of rows
     * keeps a database's replicas and its clean-up waiting. The comparison holds the rows against changes while it goes
     * on, which PostgreSQL wants the right to UPDATE the table for. No such limit by default: each window is deleted by
     * the transaction that archives it.
     *
     * @param rows positive
     * @return this builder
     */
    public ArchiverBuilder rowsPerDelete(long rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("rowsPerDelete(" + rows + "): the number is positive");
        }
        rowsPerDelete = rows;
        return this;
    }

    /**
     * How many late rows and erased keys one sweep of a window takes at most; it holds them in memory. What is beyond
     * is swept by itself, in another version of the window. Only the erased keys of one instant are never parted.
     * 20,000 by default.
     *
     * @param rows positive
     * @return this builder
     */
    public ArchiverBuilder rowsPerSweep(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("rowsPerSweep(" + rows + "): the number is positive");
        }
        rowsPerSweep = rows;
        return this;
    }

    /**
     * How long a window is left as it is before a sweep replaces it. Each sweep writes partitions anew, and what it
     * replaces is kept for {@link #removeAfter}: without a pause, an archiver that runs every few minutes would do so
     * for each row that comes late. Readers see late rows, and miss erased ones, at once all the same. 1 hour by
     * default.
     *
     * @param time 0 or more
     * @return this builder
     */
    public ArchiverBuilder sweepEvery(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("sweepEvery(" + time + "): the time is 0 or more");
        }
        sweepEvery = time;
        return this;
    }

    /**
     * How long the files of a dead version are kept: one whose attempt has failed, or that a sweep has replaced. It has
     * to be longer than the oldest snapshot that readers start queries with
     * ({@link io.github.tieredquery.TieredQueryBuilder#maxSnapshotAge}) and the time-out of queries with their time in
     * the queue together, and than a statement of a dead archiver can take. 12 hours by default: Athena lets DDL run
     * for 10 hours and queries for 4 at most. In a layout without versions nothing waits for it: what a failed attempt
     * has left was never read.
     *
     * @param time positive, longer than {@link #lease}
     * @return this builder
     */
    public ArchiverBuilder removeAfter(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("removeAfter(" + time + "): the time is positive");
        }
        removeAfter = time;
        return this;
    }

    /**
     * Receives the progress of the run. None by default.
     *
     * @param archiveListener the listener
     * @return this builder
     */
    public ArchiverBuilder listener(ArchiveListener archiveListener) {
        attempt = attempt.withListener(Objects.requireNonNull(archiveListener, "archiveListener"));
        return this;
    }

    /**
     * Builds the archiver.
     *
     * @return the archiver
     * @throws ConfigurationException if the settings contradict each other
     */
    public Archiver build() {
        Period retention = keep;
        ArchiveContext context = ArchiveContext.of(hot, cold);
        if (retention == null) {
            throw new ConfigurationException("nothing tells how long rows stay in " + hot.name() + "; say keep(…)");
        }
        attempt.checkLease();
        if (removeAfter.compareTo(attempt.lease()) <= 0) {
            throw new ConfigurationException("removeAfter(" + removeAfter + ") isn't longer than lease("
                    + attempt.lease()
                    + "): an archiver that doesn't know yet that its lease is over could write files of a version whose"
                    + " files were removed already, and readers would see them; keep dead files for longer");
        }
        return new Archiver(
                new ArchiveSettings(
                        retention,
                        clock,
                        clockAhead,
                        attempt,
                        attempts,
                        rowsPerDelete,
                        rowsPerSweep,
                        sweepEvery,
                        removeAfter),
                context);
    }
}
