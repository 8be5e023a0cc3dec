package io.github.tieredquery.jdbc;

import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweptRows;

/** An attempt to sweep a window. */
final class JdbcSweepAttempt extends JdbcAttempt implements SweepAttempt {

    JdbcSweepAttempt(JdbcJournal journal, AttemptStart.Begun begun) {
        super(journal, begun);
    }

    @Override
    public Outcome deleteUnchanged(SweptRows unchanged) {
        return new WindowCommit(this).runUnchanged(unchanged);
    }

    @Override
    public Outcome commit(RowDigest written, SweptRows swept) {
        checkRecorded(written);
        return new WindowCommit(this).runSweep(swept);
    }
}
