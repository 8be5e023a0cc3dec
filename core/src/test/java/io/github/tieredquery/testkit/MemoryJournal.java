package io.github.tieredquery.testkit;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.Erased;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One client's view of the journal of a memory database. */
record MemoryJournal(MemoryDatabase database, StepHook hook) implements ArchiveJournal {

    @Override
    public void prepare(String identity) {
        hook.at("journal.prepare");
        database.prepare(identity);
    }

    @Override
    public JournalState state() {
        hook.at("journal.state");
        return database.journaledMoment().state();
    }

    @Override
    public Optional<ArchiveAttempt> begin(TimeRange window, String owner, Duration lease) {
        hook.at("journal.begin");
        Optional<ArchiveAttempt> attempt =
                database.begin(window, lease).map(version -> new Attempt(database, hook, window, version));
        hook.at("journal.begun");
        return attempt;
    }

    @Override
    public Erased erase(List<Row> keys) {
        hook.at("journal.erase");
        return database.erase(keys);
    }

    private record Attempt(MemoryDatabase database, StepHook hook, TimeRange window, long version)
            implements ArchiveAttempt {

        @Override
        public boolean renew(Duration lease) {
            hook.at("journal.renew");
            return database.renew(version, lease);
        }

        @Override
        public void record(List<PartitionManifest> manifests) {
            hook.at("journal.record");
            database.record(version, window, manifests);
        }

        @Override
        public Outcome commit(RowDigest copied) {
            hook.at("journal.commit");
            Outcome outcome = database.commit(version, window, copied);
            hook.at("journal.committed");
            return outcome;
        }

        @Override
        public void close() {
            hook.at("journal.close");
            database.release(version);
        }
    }
}
