package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;

/** How attempts of an archiver, or of an adoption, are made; {@link ArchiverBuilder} says what each means. */
record AttemptSettings(String owner, Duration lease, Duration settle, FileLimits files, ArchiveListener listener) {

    /**
     * When a new file is begun.
     *
     * @param rows after so many rows
     * @param bytes after about so many bytes
     */
    record FileLimits(long rows, long bytes) {}

    static final AttemptSettings DEFAULT = new AttemptSettings(
            "archiver-" + ProcessHandle.current().pid(),
            Duration.ofMinutes(5),
            Duration.ofSeconds(2),
            new FileLimits(Long.MAX_VALUE, 128L << 20),
            progress -> {});

    AttemptSettings withOwner(String name) {
        return new AttemptSettings(name, lease, settle, files, listener);
    }

    /**
     * With another lease.
     *
     * @throws IllegalArgumentException if the time isn't positive
     */
    AttemptSettings withLease(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("lease(" + time + "): the time is positive");
        }
        return new AttemptSettings(owner, time, settle, files, listener);
    }

    /**
     * With another time for the catalog.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    AttemptSettings withSettle(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("settle(" + time + "): the time is 0 or more");
        }
        return new AttemptSettings(owner, lease, time, files, listener);
    }

    AttemptSettings withFiles(FileLimits limits) {
        return new AttemptSettings(owner, lease, settle, limits, listener);
    }

    AttemptSettings withListener(ArchiveListener archiveListener) {
        return new AttemptSettings(owner, lease, settle, files, archiveListener);
    }

    /**
     * Fails if the lease can run out within one pause.
     *
     * @throws ConfigurationException if it can
     */
    void checkLease() {
        Duration longestPause = settle.multipliedBy(AttemptSteps.LONGEST_PAUSE);
        if (!settle.isZero() && lease.compareTo(longestPause) <= 0) {
            throw new ConfigurationException("lease(" + lease
                    + ") runs out while the catalog is waited for, which takes "
                    + longestPause + " at a time with settle(" + settle + "), so that another archiver takes over again"
                    + " and again; lease for longer, or settle for less");
        }
    }

    /**
     * The control of a run that has a time budget.
     *
     * @throws IllegalArgumentException if no window could be done in it
     */
    ScanControl within(Duration budget) {
        if (budget.isZero() || budget.isNegative()) {
            throw new IllegalArgumentException("the budget is " + budget + "; it is positive");
        }
        if (budget.compareTo(settle) <= 0) {
            throw new IllegalArgumentException("the budget is " + budget + ", and settle(" + settle
                    + ") alone takes as long: no window would ever be archived; allow more");
        }
        return ScanControl.within(budget);
    }
}
