package io.github.tieredquery.archive;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.CleanUpResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an archive run has done. Immutable.
 *
 * @param windows the windows with rows that were archived, oldest first
 * @param sweeps the windows that were archived before and got a new version, oldest first
 * @param unswept windows below the watermark that have late rows or tombstones when the run ends, the oldest 100: they
 *     came since, or {@link ArchiverBuilder#sweepEvery} isn't over yet, or {@code stop} says why; fewer are told of if
 *     looking takes longer than the budget, and none in a layout without versions, where they are never swept
 * @param laterDeletes what became of rows whose commit has moved the watermark alone
 *     ({@link ArchiverBuilder#rowsPerDelete})
 * @param removed what was removed of versions that failed or that sweeps have replaced
 * @param advice what would make queries cheaper: too many small files, partition columns with too many values; logged
 *     as warnings too
 * @param suspended the window that the time budget has broken off and what is copied of it, null if there is none; the
 *     next run goes on behind its last finished file
 * @param stop why the run ended
 * @param watermark rows before it, exclusive, are archived; null if nothing ever was
 * @param retentionLimit rows before it, exclusive, are older than the retention; the run would go on up to it
 * @param elapsed how long the run took
 */
public record ArchiveReport(
        List<Window> windows,
        List<Sweep> sweeps,
        List<TimeRange> unswept,
        LaterDeletes laterDeletes,
        CleanUpResult removed,
        List<String> advice,
        @Nullable Suspended suspended,
        Stop stop,
        @Nullable Instant watermark,
        Instant retentionLimit,
        Duration elapsed) {

    /** Why a run ended. */
    public enum Stop {
        /**
         * All windows older than the retention are archived; what is due for a sweep is swept, and dead files removed.
         */
        NOTHING_LEFT,
        /** The time budget doesn't allow another window or sweep, or the rest of one. The next run goes on. */
        BUDGET,
        /** Another archiver holds the lease, or took it over. */
        LEASE_HELD_ELSEWHERE,
        /** The rows of a window changed in each attempt while they were copied. The next run tries again. */
        ROWS_KEPT_CHANGING
    }

    /**
     * An archived window.
     *
     * @param range from inclusive, to exclusive
     * @param version the version that its rows were written under
     * @param rows how many rows were moved
     * @param bytes how many bytes their files have
     * @param files how many files
     * @param partitions how many partitions
     * @param filesTakenOver how many of the files earlier runs had finished
     * @param attempts how many times the rows were copied until they didn't change meanwhile
     * @param elapsed how long it took
     */
    public record Window(
            TimeRange range,
            long version,
            long rows,
            long bytes,
            int files,
            int partitions,
            int filesTakenOver,
            int attempts,
            Duration elapsed) {}

    /**
     * Archived rows that weren't deleted by the commit of their window. Readers see each once.
     *
     * @param rows how many were deleted by this run, of windows that it or an earlier one has archived
     * @param left how many are still to be deleted, of the oldest 1,000 parts of windows; the next run goes on
     */
    public record LaterDeletes(long rows, long left) {}

    /**
     * A window that isn't archived yet, and what is copied of it. Readers don't see anything of that.
     *
     * @param range from inclusive, to exclusive
     * @param version the version that it is being written under
     * @param rows how many rows the finished files have
     * @param bytes how many bytes
     * @param files how many files are finished
     */
    public record Suspended(TimeRange range, long version, long rows, long bytes, int files) {}

    /**
     * A window that was archived before and got a new version with its late rows and without its erased ones.
     *
     * @param range from inclusive, to exclusive
     * @param version the new version
     * @param lateRows how many late rows were folded in
     * @param erasedKeys how many tombstones were applied
     * @param rows how many rows the window has now
     * @param bytes how many bytes their files have, those that were copied as they are included
     * @param files how many files they have
     * @param attempts how many times it was tried until nothing was erased meanwhile
     * @param elapsed how long it took
     */
    public record Sweep(
            TimeRange range,
            long version,
            long lateRows,
            long erasedKeys,
            long rows,
            long bytes,
            int files,
            int attempts,
            Duration elapsed) {}

    /** Copies the lists. */
    public ArchiveReport {
        windows = List.copyOf(windows);
        sweeps = List.copyOf(sweeps);
        unswept = List.copyOf(unswept);
        advice = List.copyOf(advice);
    }

    /**
     * How many rows were moved.
     *
     * @return the sum over the windows, without the sweeps
     */
    public long rows() {
        return windows.stream().mapToLong(Window::rows).sum();
    }

    /**
     * How many bytes the files of the windows have.
     *
     * @return the sum over the windows, without the sweeps
     */
    public long bytes() {
        return windows.stream().mapToLong(Window::bytes).sum();
    }

    /**
     * How many files the windows have.
     *
     * @return the sum over the windows, without the sweeps
     */
    public long files() {
        return windows.stream().mapToLong(Window::files).sum();
    }
}
