package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.jdbc.internal.journal.AttemptRequest.Kind;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The journal in the hot database's own tables. Thread-safe. */
public final class JdbcJournal implements ArchiveJournal {

    public final HotTable hotRows;
    final JournalDialect dialect;
    public final JournalTables tables;
    public final JournalTransactions transactions;
    final TombstoneTable tombstones;
    final VersionTable versions;
    final FinishedFileTable finishedFiles;
    final PendingDeletes pendingDeletes;
    final MarkTable marks;
    /** Null if rows are deleted. */
    final @Nullable DetachPartitions partitionDrop;
    /** Runs in every commit when the window was read and nothing is deleted yet: tests let others write there. */
    public volatile Runnable betweenRereadAndDelete = () -> {};

    private final AcceptedRisks risks;
    private final JournalPreparation preparation;
    private final @Nullable String localTimes;
    private final PhysicalTable physical;
    private final String source;
    private final String tableName;
    private final Table table;

    private JdbcJournal(
            Jdbi jdbi,
            PhysicalTable physical,
            JournalDialect dialect,
            JournalTables tables,
            AcceptedEffects accepted,
            AcceptedRisks risks,
            boolean detachPartitions) {
        this.hotRows = new HotTable(physical, dialect, accepted);
        this.dialect = dialect;
        this.tables = tables;
        this.source = physical.name();
        this.table = physical.table();
        this.localTimes = physical.localTimes().orElse(null);
        this.tableName = table.name();
        this.physical = physical;
        this.tombstones = new TombstoneTable(tables, table);
        this.versions = new VersionTable(tables);
        this.finishedFiles = new FinishedFileTable(tables, table);
        this.pendingDeletes = new PendingDeletes(this);
        this.marks = new MarkTable(tables);
        this.partitionDrop = detachPartitions ? new DetachPartitions(physical) : null;
        this.transactions = new JournalTransactions(jdbi, physical, tables.name(), dialect, ScanControl.unlimited());
        this.risks = risks;
        this.preparation = new JournalPreparation(this, physical, risks);
    }

    /** The same journal, for a caller that waits no longer than a control allows. */
    private JdbcJournal(JdbcJournal origin, ScanControl control) {
        this.hotRows = origin.hotRows;
        this.dialect = origin.dialect;
        this.tables = origin.tables;
        this.source = origin.source;
        this.table = origin.table;
        this.localTimes = origin.localTimes;
        this.tableName = origin.tableName;
        this.tombstones = origin.tombstones;
        this.versions = origin.versions;
        this.finishedFiles = origin.finishedFiles;
        this.pendingDeletes = new PendingDeletes(this);
        this.partitionDrop = origin.partitionDrop;
        this.marks = origin.marks;
        this.transactions = origin.transactions.within(control);
        this.physical = origin.physical;
        this.risks = origin.risks;
        this.preparation = new JournalPreparation(this, physical, origin.risks);
        this.betweenRereadAndDelete = () -> origin.betweenRereadAndDelete.run();
    }

    /**
     * A journal beside a table.
     *
     * @param dialect empty if the database can't keep one
     * @throws ConfigurationException if the database can't keep one, or the table can't have one
     */
    public static JdbcJournal of(
            Jdbi jdbi,
            PhysicalTable physical,
            Optional<JournalDialect> dialect,
            Relation relation,
            String name,
            AcceptedEffects accepted,
            AcceptedRisks risks,
            boolean detachPartitions) {
        JournalDialect used =
                dialect.orElseThrow(() -> new ConfigurationException(physical.name() + ": a journal can't be kept in "
                        + physical.dialect().name() + ", which doesn't let several processes read, lock and delete in"
                        + " transactions of one snapshot; keep hot rows in PostgreSQL, MySQL, MariaDB or H2, or leave"
                        + " journal(…) out"));
        if (!relation.isTable()) {
            throw new ConfigurationException(physical.name()
                    + ": rows of an expression can't be archived; name a table with table(…), or leave journal(…) out");
        }
        String table = physical.table().name();
        if (table.length() > JournalTables.MAX_TABLE_NAME || !table.equals(table.strip()) || table.indexOf('\0') >= 0) {
            throw new ConfigurationException(physical.name() + ": the journal can't keep the table's logical name '"
                    + table + "'; it is at most " + JournalTables.MAX_TABLE_NAME
                    + " characters, without space around it and without NUL");
        }
        return new JdbcJournal(jdbi, physical, used, new JournalTables(name, used), accepted, risks, detachPartitions);
    }

    @Override
    public ArchiveJournal within(ScanControl control) {
        return new JdbcJournal(this, control);
    }

    @Override
    public void check(ArchiveIdentity identity) {
        preparation.check(Objects.requireNonNull(identity, "identity"));
    }

    @Override
    public ArchiveIdentity prepare(ArchiveIdentity identity) {
        return preparation.prepare(Objects.requireNonNull(identity, "identity"));
    }

    @Override
    public JournalState state() {
        return transactions.run(
                "reading the journal",
                dialect.shortIsolation(),
                "Read it again",
                connection -> state(connection, ScanControl.unlimited()));
    }

    @Override
    public Instant clock() {
        return transactions.run(
                "asking for the time",
                dialect.shortIsolation(),
                "Ask again",
                connection -> Sql.instant(clock(connection)));
    }

    JournalState state(Connection connection, ScanControl control) throws SQLException {
        return JournalRow.state(connection, control, tables, source, tableName);
    }

    @Override
    public ArchiveHistory history() {
        return transactions.run(
                "reading the archive's history",
                dialect.shortIsolation(),
                "Read it again",
                connection -> marks.history(connection, lock(connection)));
    }

    @Override
    public boolean remembers(ArchiveMark mark) {
        return transactions.run(
                "looking for the archive's mark",
                dialect.shortIsolation(),
                "Look again",
                connection -> marks.remembers(connection, lock(connection), mark));
    }

    @Override
    public ArchiveMark mark() {
        return transactions.run(
                "issuing a mark for the archive", dialect.shortIsolation(), "Issue another one", connection -> {
                    JournalRow row = lock(connection);
                    return marks.issue(connection, row.id(), row.nextVersion() - 1, row.epoch(), clock(connection));
                });
    }

    @Override
    public ArchiveMark recover(String archive, long excluded, long version, long epoch, String owner) {
        return transactions.run(
                "excluding versions up to " + version,
                dialect.shortIsolation(),
                "Do it again",
                connection -> new Recovery(this).run(connection, archive, excluded, version, epoch, owner));
    }

    @Override
    public SortedSet<Long> forgotten() {
        return transactions.run(
                "looking for forgotten versions",
                dialect.shortIsolation(),
                "Look again",
                connection -> versions.forgotten(connection, lock(connection).id()));
    }

    @Override
    public Optional<WindowAttempt> beginWindow(TimeRange window, String owner, Duration lease) {
        return begin(window, owner, lease, Kind.WINDOW).map(begun -> new JdbcWindowAttempt(this, begun));
    }

    @Override
    public Optional<SweepAttempt> beginSweep(TimeRange window, String owner, Duration lease) {
        return begin(window, owner, lease, Kind.SWEEP).map(begun -> new JdbcSweepAttempt(this, begun));
    }

    @Override
    public Optional<AdoptionAttempt> beginAdoption(TimeRange window, String owner, Duration lease) {
        return begin(window, owner, lease, Kind.ADOPTION).map(begun -> new JdbcAdoptionAttempt(this, begun));
    }

    @Override
    public void endAdoption(Instant watermark) {
        transactions.run(
                "ending the adoption",
                dialect.shortIsolation(),
                "The journal's state tells: if it has a watermark, it happened",
                connection -> {
                    JournalRow row = lock(connection);
                    return row.watermark() != null
                            || Sql.update(
                                            connection,
                                            "UPDATE " + tables.archive
                                                    + " SET watermark_micros = ?, epoch = ? WHERE archive_id = ?",
                                            Sql.micros(watermark),
                                            row.epoch() + 1,
                                            row.id())
                                    == 1;
                });
    }

    private Optional<AttemptStart.Begun> begin(TimeRange window, String owner, Duration lease, Kind kind) {
        AttemptRequest request = new AttemptRequest(window, owner, leaseMicros(lease), kind);
        if (window.isEmpty()) {
            throw new IllegalArgumentException("table '" + tableName + "': the window " + window + " is empty");
        }
        return transactions.run(
                "taking the archive's lease",
                dialect.shortIsolation(),
                "If it happened, nobody gets the lease until it expires",
                connection -> new AttemptStart(this, request).run(connection));
    }

    @Override
    public Optional<Duration> timeSinceLastCommit(TimeRange window) {
        return transactions.run(
                "looking at the age of " + window, dialect.shortIsolation(), "Look again", connection -> {
                    JournalRow row = lock(connection);
                    Optional<Long> committed = versions.lastCommit(connection, row.id(), window);
                    long now = clock(connection);
                    return committed.map(micros -> Duration.of(now - micros, ChronoUnit.MICROS));
                });
    }

    @Override
    public List<PendingDelete> undeleted() {
        return transactions.run(
                "looking for rows to delete",
                dialect.shortIsolation(),
                "Look again",
                connection -> pendingDeletes.read(connection, lock(connection).id()));
    }

    @Override
    public boolean delete(PendingDelete rows) {
        return transactions.run(
                "deleting archived rows of " + rows.range(),
                dialect.commitIsolation(),
                "What is still to be deleted tells",
                connection -> pendingDeletes.delete(connection, rows));
    }

    @Override
    public EraseResult erase(List<Row> keys) {
        return transactions.run(
                "erasing " + keys.size() + " keys",
                dialect.shortIsolation(),
                "Erase the keys again, unless somebody has inserted rows with them since",
                connection -> erase(connection, keys));
    }

    /**
     * The row is locked first: the watermark doesn't move, and no commit reads rows between the two deletions. What
     * hangs on the rows is looked at before any goes, since not all that a trigger does is rolled back, and afterwards,
     * when no key or trigger can come any more in any database.
     */
    private EraseResult erase(Connection connection, List<Row> keys) throws SQLException {
        hotRows.holdOffChanges(connection);
        JournalRow row = lock(connection);
        hotRows.checkErasing(connection);
        List<Row> archived = new ArrayList<>();
        marks.erased(connection, row.id(), keys.size());
        long deleted = hotRows.delete(connection, keys);
        hotRows.checkErasing(connection);
        hotRows.checkTypes(connection);
        for (Row key : keys) {
            Instant time =
                    Objects.requireNonNull(key.timestamp(table.timeColumn().name()));
            if (row.watermark() != null && time.isBefore(row.watermark())) {
                archived.add(key);
            }
        }
        if (!archived.isEmpty()) {
            long epoch = row.epoch() + 1;
            tombstones.insert(connection, row.id(), epoch, archived);
            Sql.update(connection, "UPDATE " + tables.archive + " SET epoch = ? WHERE archive_id = ?", epoch, row.id());
        }
        return new EraseResult(deleted, archived.size());
    }

    @Override
    public List<DeadVersion> listDeadVersions(Duration excludedFor) {
        long micros = leaseMicros(excludedFor);
        return transactions.run("looking for dead versions", dialect.shortIsolation(), "Look again", connection -> {
            JournalRow row = lock(connection);
            List<DeadVersion> dead = versions.dead(connection, row.id(), clock(connection) - micros);
            for (DeadVersion each : dead) {
                finishedFiles.delete(connection, row.id(), each.version());
            }
            return dead;
        });
    }

    @Override
    public void forgetVersions(Collection<DeadVersion> dead) {
        transactions.run(
                "forgetting dead versions",
                dialect.shortIsolation(),
                "If it didn't happen, the next clean-up forgets them",
                connection -> {
                    JournalRow row = lock(connection);
                    for (DeadVersion each : dead) {
                        versions.forget(connection, row.id(), each.version());
                    }
                    return true;
                });
    }

    static long leaseMicros(Duration lease) {
        if (lease.isNegative()) {
            throw new IllegalArgumentException("the lease is " + lease + "; it is zero or more");
        }
        return lease.toNanos() / 1_000;
    }

    /** The table's row, locked until the transaction ends. */
    JournalRow lock(Connection connection) throws SQLException {
        JournalRow row = JournalRow.lock(connection, tables, tableName);
        if (row == null) {
            throw new ConfigurationException(source + ": the journal '" + tables.name() + "' doesn't know the table '"
                    + tableName + "'; call prepare first");
        }
        row.identity().checkLocalTimes(localTimes);
        return row;
    }

    /** Read by a statement of its own after the row is locked: waiting for the lock may have taken long. */
    long clock(Connection connection) throws SQLException {
        return Sql.queryLong(connection, "SELECT " + dialect.clockMicros());
    }

    Table table() {
        return table;
    }

    /** The hot source's name in messages. */
    String source() {
        return source;
    }

    String tableName() {
        return tableName;
    }
}
