package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.store.AdoptionAttempt;
import io.github.tieredquery.store.RowDigest;

/** An attempt to take over the files of a window. */
final class JdbcAdoptionAttempt extends JdbcAttempt implements AdoptionAttempt {

    JdbcAdoptionAttempt(JdbcJournal journal, AttemptStart.Begun begun) {
        super(journal, begun);
    }

    @Override
    public Outcome commit(RowDigest adopted) {
        checkRecorded(adopted);
        return new WindowCommit(this).runAdoption();
    }
}
