package io.github.tieredquery.testkit;

import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.AdoptionAttempt;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.util.List;

/** An attempt in a memory database. Not thread-safe. */
abstract class MemoryAttempt implements ArchiveAttempt {

    final MemoryDatabase database;
    final Table table;
    final StepHook hook;
    private final MemoryDatabase.Begun begun;
    private boolean suspended;

    MemoryAttempt(MemoryDatabase database, Table table, StepHook hook, MemoryDatabase.Begun begun) {
        this.database = database;
        this.table = table;
        this.hook = hook;
        this.begun = begun;
    }

    @Override
    public TimeRange window() {
        return begun.window();
    }

    @Override
    public long version() {
        return begun.version();
    }

    @Override
    public ArchiveMark mark() {
        return begun.mark();
    }

    @Override
    public int schemaVersion() {
        return begun.schemaVersion();
    }

    @Override
    public boolean renew(Duration lease) {
        hook.at("journal.renew");
        return !suspended && database.renew(version(), lease);
    }

    @Override
    public void discard() {
        hook.at("journal.discard");
        if (!suspended) {
            database.discard(version());
        }
    }

    @Override
    public void recordManifests(List<PartitionManifest> manifests) {
        hook.at("journal.recordManifests");
        database.recordManifests(version(), window(), manifests);
    }

    @Override
    public void close() {
        if (suspended) {
            return;
        }
        try {
            hook.at("journal.close");
        } catch (TieredQueryException e) {
            // A lease that can't be given back is held until it expires.
            return;
        }
        database.release(version());
    }

    static final class OfWindow extends MemoryAttempt implements WindowAttempt {

        OfWindow(MemoryDatabase database, Table table, StepHook hook, MemoryDatabase.Begun begun) {
            super(database, table, hook, begun);
        }

        @Override
        public List<FinishedFile> copiedFiles(HivePartitionLayout layout) {
            return super.begun.copied();
        }

        @Override
        public boolean recordFile(FinishedFile file) {
            hook.at("journal.recordFile");
            return !super.suspended && database.recordFile(version(), file);
        }

        @Override
        public void suspend() {
            hook.at("journal.suspend");
            if (!super.suspended) {
                super.suspended = true;
                database.suspend(version());
            }
            hook.at("journal.suspended");
        }

        @Override
        public Outcome commit(RowDigest copied, long rowsPerDelete) {
            hook.at("journal.commit");
            Outcome outcome = super.suspended
                    ? Outcome.LEASE_LOST
                    : database.commit(table, version(), window(), copied, rowsPerDelete);
            hook.at("journal.committed");
            return outcome;
        }
    }

    static final class OfSweep extends MemoryAttempt implements SweepAttempt {

        OfSweep(MemoryDatabase database, Table table, StepHook hook, MemoryDatabase.Begun begun) {
            super(database, table, hook, begun);
        }

        @Override
        public Outcome deleteUnchanged(SweepCommit unchanged) {
            hook.at("journal.deleteUnchanged");
            Outcome outcome = database.deleteUnchanged(table, version(), window(), unchanged);
            hook.at("journal.unchangedDeleted");
            return outcome;
        }

        @Override
        public Outcome commit(RowDigest written, SweepCommit swept) {
            hook.at("journal.commitSweep");
            Outcome outcome = database.commitSweep(table, version(), window(), written, swept);
            hook.at("journal.committed");
            return outcome;
        }
    }

    static final class OfAdoption extends MemoryAttempt implements AdoptionAttempt {

        OfAdoption(MemoryDatabase database, Table table, StepHook hook, MemoryDatabase.Begun begun) {
            super(database, table, hook, begun);
        }

        @Override
        public Outcome commit(RowDigest adopted) {
            hook.at("journal.commitAdoption");
            Outcome outcome = database.commitAdoption(version(), window(), adopted);
            hook.at("journal.committed");
            return outcome;
        }
    }
}
