package io.github.tieredquery.testkit;

import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveHistory;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.Erased;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweptRows;
import io.github.tieredquery.store.UndeletedRows;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** One client's view of the journal of a memory database; the client has a table of its own. */
record MemoryJournal(MemoryDatabase database, Table table, StepHook hook) implements ArchiveJournal {

    @Override
    public void check(ArchiveIdentity identity) {
        database.check(identity);
    }

    @Override
    public ArchiveIdentity prepare(ArchiveIdentity identity) {
        hook.at("journal.prepare");
        return database.prepare(table, identity);
    }

    @Override
    public Instant clock() {
        return database.clock();
    }

    @Override
    public JournalState state() {
        hook.at("journal.state");
        return database.journaledMoment().state();
    }

    @Override
    public ArchiveHistory history() {
        hook.at("journal.history");
        return database.history();
    }

    @Override
    public boolean remembers(ArchiveMark mark) {
        hook.at("journal.remembers");
        return database.remembers(mark);
    }

    @Override
    public ArchiveMark mark() {
        hook.at("journal.mark");
        ArchiveMark mark = database.mark();
        hook.at("journal.marked");
        return mark;
    }

    @Override
    public ArchiveMark recover(long excluded, long version, long epoch, String owner) {
        hook.at("journal.recover");
        ArchiveMark mark = database.recover(excluded, version, epoch);
        hook.at("journal.recovered");
        return mark;
    }

    @Override
    public Optional<ArchiveAttempt> begin(TimeRange window, String owner, Duration lease) {
        hook.at("journal.begin");
        Optional<ArchiveAttempt> attempt = database.begin(table, window, lease)
                .map(begun -> new Attempt(database, table, hook, begun, MemoryDatabase.Kind.WINDOW));
        hook.at("journal.begun");
        return attempt;
    }

    @Override
    public Optional<ArchiveAttempt> beginSweep(TimeRange window, String owner, Duration lease) {
        hook.at("journal.beginSweep");
        Optional<ArchiveAttempt> attempt = database.beginSweep(table, window, lease)
                .map(begun -> new Attempt(database, table, hook, begun, MemoryDatabase.Kind.SWEEP));
        hook.at("journal.begun");
        return attempt;
    }

    @Override
    public Optional<ArchiveAttempt> beginAdoption(TimeRange window, String owner, Duration lease) {
        hook.at("journal.beginAdoption");
        Optional<ArchiveAttempt> attempt = database.beginAdoption(table, window, lease)
                .map(begun -> new Attempt(database, table, hook, begun, MemoryDatabase.Kind.ADOPTION));
        hook.at("journal.begun");
        return attempt;
    }

    @Override
    public void endAdoption(Instant watermark) {
        hook.at("journal.endAdoption");
        database.endAdoption(watermark);
        hook.at("journal.endedAdoption");
    }

    @Override
    public Optional<Duration> age(TimeRange window) {
        hook.at("journal.age");
        return database.age(window);
    }

    @Override
    public List<UndeletedRows> undeleted() {
        hook.at("journal.undeleted");
        return database.undeleted();
    }

    @Override
    public boolean delete(UndeletedRows rows) {
        hook.at("journal.delete");
        boolean deleted = database.delete(table, rows);
        hook.at(deleted ? "journal.deleted" : "journal.undeletable");
        return deleted;
    }

    @Override
    public Erased erase(List<Row> keys) {
        hook.at("journal.erase");
        return database.erase(keys);
    }

    @Override
    public List<DeadVersion> dead(Duration excludedFor) {
        hook.at("journal.dead");
        return database.dead(excludedFor);
    }

    @Override
    public void forget(Collection<DeadVersion> versions) {
        hook.at("journal.forget");
        database.forget(versions);
        hook.at("journal.forgotten");
    }

    /** Not thread-safe. */
    private static final class Attempt implements ArchiveAttempt {

        private final MemoryDatabase database;
        private final Table table;
        private final StepHook hook;
        private final MemoryDatabase.Begun begun;
        private final MemoryDatabase.Kind kind;
        private boolean suspended;

        Attempt(
                MemoryDatabase database,
                Table table,
                StepHook hook,
                MemoryDatabase.Begun begun,
                MemoryDatabase.Kind kind) {
            this.database = database;
            this.table = table;
            this.hook = hook;
            this.begun = begun;
            this.kind = kind;
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
        public List<FinishedFile> copied(HivePartitionLayout layout) {
            return begun.copied();
        }

        @Override
        public boolean finished(FinishedFile file) {
            hook.at("journal.finished");
            return !suspended && database.finished(version(), file);
        }

        @Override
        public void suspend() {
            if (kind != MemoryDatabase.Kind.WINDOW) {
                throw new IllegalStateException("only an attempt to archive a window is suspended; close this one");
            }
            hook.at("journal.suspend");
            if (!suspended) {
                suspended = true;
                database.suspend(version());
            }
            hook.at("journal.suspended");
        }

        @Override
        public void discard() {
            hook.at("journal.discard");
            if (!suspended) {
                database.discard(version());
            }
        }

        @Override
        public void record(List<PartitionManifest> manifests) {
            hook.at("journal.record");
            database.record(version(), window(), manifests);
        }

        @Override
        public Outcome commit(RowDigest copied, long rowsPerDelete) {
            kind.check(MemoryDatabase.Kind.WINDOW);
            hook.at("journal.commit");
            Outcome outcome =
                    suspended ? Outcome.LEASE_LOST : database.commit(table, version(), window(), copied, rowsPerDelete);
            hook.at("journal.committed");
            return outcome;
        }

        @Override
        public Outcome deleteTwins(SweptRows twins) {
            kind.check(MemoryDatabase.Kind.SWEEP);
            hook.at("journal.deleteTwins");
            Outcome outcome = database.deleteTwins(table, version(), window(), twins);
            hook.at("journal.twinsDeleted");
            return outcome;
        }

        @Override
        public Outcome commitSweep(RowDigest written, SweptRows swept) {
            kind.check(MemoryDatabase.Kind.SWEEP);
            hook.at("journal.commitSweep");
            Outcome outcome = database.commitSweep(table, version(), window(), written, swept);
            hook.at("journal.committed");
            return outcome;
        }

        @Override
        public Outcome commitAdoption(RowDigest adopted) {
            kind.check(MemoryDatabase.Kind.ADOPTION);
            hook.at("journal.commitAdoption");
            Outcome outcome = database.commitAdoption(version(), window(), adopted);
            hook.at("journal.committed");
            return outcome;
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
    }
}
