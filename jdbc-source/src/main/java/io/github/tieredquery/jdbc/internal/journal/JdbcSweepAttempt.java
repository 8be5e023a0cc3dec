package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;

/** An attempt to sweep a window. */
final class JdbcSweepAttempt extends JdbcAttempt implements SweepAttempt {

    JdbcSweepAttempt(JdbcJournal journal, AttemptStart.Begun begun) {
        super(journal, begun);
    }

    @Override
    public Outcome deleteUnchanged(SweepCommit unchanged) {
        return new WindowCommit(this).runUnchanged(unchanged);
    }

    @Override
    public Outcome commit(RowDigest written, SweepCommit swept) {
        checkRecorded(written);
        return new WindowCommit(this).runSweep(swept);
    }
}
