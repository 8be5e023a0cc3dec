package io.github.tieredquery.archive;

import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an archive run has done. Immutable.
 *
 * @param windows the windows with rows that were archived, oldest first
 * @param stop why the run ended
 * @param watermark rows before it, exclusive, are archived; null if nothing ever was
 * @param archivableUntil rows before it, exclusive, are older than the retention; the run would go on up to it
 * @param elapsed how long the run took
 */
public record ArchiveReport(
        List<Window> windows, Stop stop, @Nullable Instant watermark, Instant archivableUntil, Duration elapsed) {

    /** Why a run ended. */
    public enum Stop {
        /** All windows older than the retention are archived. */
        NOTHING_LEFT,
        /** The time budget doesn't allow another window. The next run goes on. */
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
            int attempts,
            Duration elapsed) {}

    /** Copies the list. */
    public ArchiveReport {
        windows = List.copyOf(windows);
    }

    /**
     * How many rows were moved.
     *
     * @return the sum over the windows
     */
    public long rows() {
        return windows.stream().mapToLong(Window::rows).sum();
    }

    /**
     * How many bytes the files have that were written.
     *
     * @return the sum over the windows
     */
    public long bytes() {
        return windows.stream().mapToLong(Window::bytes).sum();
    }

    /**
     * How many files were written.
     *
     * @return the sum over the windows
     */
    public long files() {
        return windows.stream().mapToLong(Window::files).sum();
    }
}
