package io.github.tieredquery.simulation;

import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Stores that fail one who works on them, as networks, S3 and Athena do: before a step, or after it, so that it was
 * taken and nobody knows.
 */
final class Faults {

    /** Failures of these say that the step has been taken in spite of it. */
    private static final Set<String> AFTER = Set.of(
            "cold.finished",
            "cold.markLeft",
            "cold.published",
            "cold.copied",
            "cold.leftoversRemoved",
            "cold.removed",
            "journal.begun",
            "journal.marked",
            "journal.recovered",
            "journal.suspended",
            "journal.deleted",
            "journal.undeletable",
            "journal.unchangedDeleted",
            "journal.committed",
            "journal.versionsForgotten");

    private static final String COMMITTED = "journal.committed";

    private final Draw draw;
    private final Coverage coverage;
    private final int odds;
    private final Set<Throwable> injected = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Faults of one run or query.
     *
     * @param odds one step in so many fails; 0 for none
     */
    Faults(Draw draw, Coverage coverage, int odds) {
        this.draw = draw;
        this.coverage = coverage;
        this.odds = odds;
    }

    /** Perhaps fails a step. */
    void at(String step) {
        if (odds == 0 || !draw.oneIn(odds)) {
            return;
        }
        TieredQueryException failure = step.equals(COMMITTED)
                ? new OutcomeUnknownException("the answer to a commit was lost")
                : new SourceUnavailableException("an injected failure at " + step);
        injected.add(failure);
        coverage.add((AFTER.contains(step) ? "answer lost in " : "failure in ") + Coverage.protocolStep(step));
        throw failure;
    }

    /** What a process meets whose connections the database has ended. */
    SourceUnavailableException disconnected(String step) {
        SourceUnavailableException failure = new SourceUnavailableException("the connection is gone at " + step);
        injected.add(failure);
        return failure;
    }

    /** Whether a failure is what was injected, or was caused by it, or couldn't be looked into because of it. */
    boolean explain(TieredQueryException failure) {
        return injected.contains(failure)
                || injected.contains(failure.getCause())
                || Arrays.stream(failure.getSuppressed()).anyMatch(injected::contains);
    }
}
