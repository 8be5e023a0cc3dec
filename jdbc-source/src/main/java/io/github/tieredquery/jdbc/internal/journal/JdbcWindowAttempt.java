package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.WindowAttempt;
import java.util.List;

/** An attempt to archive a window. */
public final class JdbcWindowAttempt extends JdbcAttempt implements WindowAttempt {

    private final List<FinishedFileTable.Stored> copied;
    private int finished;
    /** Another process may go on under the version by now. */
    private boolean suspended;

    public JdbcWindowAttempt(JdbcJournal journal, AttemptStart.Begun begun) {
        super(journal, begun);
        this.copied = begun.copied();
        this.finished = (int) copied.stream()
                .filter(file -> file.version() == begun.version())
                .count();
    }

    @Override
    public List<FinishedFile> copiedFiles(HivePartitionLayout layout) {
        return copied.stream()
                .map(file -> journal().finishedFiles.parse(file, layout))
                .toList();
    }

    @Override
    public boolean recordFile(FinishedFile file) {
        check(file.manifest());
        int number = finished;
        boolean held = run("recording a finished file", connection -> {
            if (!holdsLease(journal().lock(connection))) {
                return false;
            }
            journal().finishedFiles.insert(connection, archiveId(), number, file);
            return true;
        });
        finished += held ? 1 : 0;
        return held;
    }

    @Override
    public void suspend() {
        if (!end()) {
            return;
        }
        suspended = true;
        run("suspending the attempt", connection -> {
            if (journal().lock(connection).isLeasedTo(version())) {
                journal().versions.suspend(connection, archiveId(), version());
                clearLease(connection);
            }
            return true;
        });
    }

    @Override
    boolean holdsLease(JournalRow row) {
        return !suspended && super.holdsLease(row);
    }

    @Override
    public Outcome commit(RowDigest copied, long rowsPerDelete) {
        checkRecorded(copied);
        return new WindowCommit(this).run(copied, rowsPerDelete);
    }
}
