package io.github.tieredquery.archive;

import java.time.Duration;
import java.time.InstantSource;
import java.time.Period;

/** What {@link ArchiverBuilder} gathers; its methods say what each means. */
record ArchiveSettings(
        Period keep,
        InstantSource clock,
        Duration clockAhead,
        AttemptSettings attempt,
        int attempts,
        long rowsPerDelete,
        int rowsPerSweep,
        Duration sweepEvery,
        Duration removeAfter) {

    String owner() {
        return attempt.owner();
    }

    Duration lease() {
        return attempt.lease();
    }

    ArchiveListener listener() {
        return attempt.listener();
    }
}
