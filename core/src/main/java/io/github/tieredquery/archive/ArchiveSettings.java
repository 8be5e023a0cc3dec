package io.github.tieredquery.archive;

import java.time.Duration;
import java.time.InstantSource;
import java.time.Period;

/** What {@link ArchiverBuilder} gathers; its methods say what each means. */
record ArchiveSettings(
        Period keep,
        InstantSource clock,
        Duration clockAhead,
        String owner,
        Duration lease,
        Duration settle,
        FileLimits files,
        int attempts,
        long rowsPerDelete,
        int rowsPerSweep,
        Duration sweepEvery,
        Duration removeAfter,
        ArchiveListener listener) {}
