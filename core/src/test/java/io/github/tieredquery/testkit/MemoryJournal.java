package io.github.tieredquery.testkit;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.AdoptionAttempt;
import io.github.tieredquery.store.ArchiveHistory;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

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
    public ArchiveMark recover(String archive, long excluded, long version, long epoch, String owner) {
        hook.at("journal.recover");
        ArchiveMark mark = database.recover(archive, excluded, version, epoch);
        hook.at("journal.recovered");
        return mark;
    }

    @Override
    public SortedSet<Long> forgotten() {
        hook.at("journal.whatWasForgotten");
        return database.forgotten();
    }

    @Override
    public Optional<WindowAttempt> beginWindow(TimeRange window, String owner, Duration lease) {
        hook.at("journal.beginWindow");
        Optional<WindowAttempt> attempt = database.beginWindow(table, window, lease)
                .map(begun -> new MemoryAttempt.OfWindow(database, table, hook, begun));
        hook.at("journal.begun");
        return attempt;
    }

    @Override
    public Optional<SweepAttempt> beginSweep(TimeRange window, String owner, Duration lease) {
        hook.at("journal.beginSweep");
        Optional<SweepAttempt> attempt = database.beginSweep(table, window, lease)
                .map(begun -> new MemoryAttempt.OfSweep(database, table, hook, begun));
        hook.at("journal.begun");
        return attempt;
    }

    @Override
    public Optional<AdoptionAttempt> beginAdoption(TimeRange window, String owner, Duration lease) {
        hook.at("journal.beginAdoption");
        Optional<AdoptionAttempt> attempt = database.beginAdoption(table, window, lease)
                .map(begun -> new MemoryAttempt.OfAdoption(database, table, hook, begun));
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
    public Optional<Duration> timeSinceLastCommit(TimeRange window) {
        hook.at("journal.timeSinceLastCommit");
        return database.timeSinceLastCommit(window);
    }

    @Override
    public List<PendingDelete> undeleted() {
        hook.at("journal.undeleted");
        return database.undeleted();
    }

    @Override
    public boolean delete(PendingDelete rows) {
        hook.at("journal.delete");
        boolean deleted = database.delete(table, rows);
        hook.at(deleted ? "journal.deleted" : "journal.undeletable");
        return deleted;
    }

    @Override
    public EraseResult erase(List<Row> keys) {
        hook.at("journal.erase");
        return database.erase(keys);
    }

    @Override
    public List<DeadVersion> listDeadVersions(Duration excludedFor) {
        hook.at("journal.listDeadVersions");
        return database.listDeadVersions(excludedFor);
    }

    @Override
    public void forgetVersions(Collection<DeadVersion> versions) {
        hook.at("journal.forgetVersions");
        database.forgetVersions(versions);
        hook.at("journal.versionsForgotten");
    }
}
