package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.sql.PhysicalTable;
import io.github.tieredquery.jdbc.sql.Relation;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.Erased;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.UndeletedRows;
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
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The journal in the hot database's own tables. Thread-safe. */
final class JdbcJournal implements ArchiveJournal {

    final HotRows hotRows;
    final JournalDialect dialect;
    final JournalTables tables;
    final JournalTransactions transactions;
    final Tombstones tombstones;
    final Versions versions;
    final FinishedFiles finishedFiles;
    final LaterDeletes laterDeletes;
    /** Null if rows are deleted. */
    final @Nullable PartitionDrop partitionDrop;
    /** Runs in every commit when the window was read and nothing is deleted yet: tests let others write there. */
    volatile Runnable betweenRereadAndDelete = () -> {};

    private final Relation relation;
    private final String source;
    private final String tableName;
    private final Table table;

    private JdbcJournal(
            Jdbi jdbi,
            PhysicalTable physical,
            Relation relation,
            JournalDialect dialect,
            JournalTables tables,
            boolean detachPartitions) {
        this.hotRows = new HotRows(physical, dialect);
        this.dialect = dialect;
        this.tables = tables;
        this.relation = relation;
        this.source = physical.name();
        this.table = physical.table();
        this.tableName = table.name();
        this.tombstones = new Tombstones(tables, table);
        this.versions = new Versions(tables);
        this.finishedFiles = new FinishedFiles(tables, table);
        this.laterDeletes = new LaterDeletes(this);
        this.partitionDrop = detachPartitions ? new PartitionDrop(physical) : null;
        this.transactions = new JournalTransactions(jdbi, physical, tables.name(), dialect);
    }

    /**
     * A journal beside a table.
     *
     * @throws ConfigurationException if the database can't keep one, or the table can't have one
     */
    static JdbcJournal of(Jdbi jdbi, PhysicalTable physical, Relation relation, String name, boolean detachPartitions) {
        JournalDialect dialect = JournalDialect.of(physical.dialect().name())
                .orElseThrow(() -> new ConfigurationException(physical.name() + ": a journal can't be kept in "
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
        return new JdbcJournal(jdbi, physical, relation, dialect, new JournalTables(name, dialect), detachPartitions);
    }

    @Override
    public ArchiveIdentity prepare(ArchiveIdentity identity) {
        Objects.requireNonNull(identity, "identity");
        checkHotTable();
        new JournalPreparation(transactions, dialect, tables, source).createTables();
        return transactions.run(
                "preparing the archive of '" + tableName + "'",
                dialect.shortIsolation(),
                JournalPreparation.AGAIN,
                connection -> record(connection, identity));
    }

    /** Records the identity of a table that is new to the journal, and continues that of one that isn't. */
    private ArchiveIdentity record(Connection connection, ArchiveIdentity identity) throws SQLException {
        // Changes nothing, but locks the row, and fails for a user who may only read.
        JournalSql.update(
                connection, "UPDATE " + tables.archive + " SET epoch = epoch WHERE table_name = ?", tableName);
        JournalRow row = JournalRow.lock(connection, tables, tableName);
        if (row == null) {
            JournalSql.update(
                    connection,
                    "INSERT INTO " + tables.archive
                            + " (table_name, archive_identity, epoch, next_version) VALUES (?, ?, 0, 1)",
                    tableName,
                    identity.text());
            return identity;
        }
        ArchiveIdentity continued = row.identity().continuedBy(identity);
        if (!continued.equals(row.identity())) {
            // An attempt that is under way has the older columns: it finds its lease gone.
            versions.abandonOpen(connection, row.id(), clock(connection));
            JournalSql.update(
                    connection,
                    "UPDATE " + tables.archive + " SET archive_identity = ?, lease_version = NULL,"
                            + " lease_owner = NULL, lease_until_micros = NULL WHERE archive_id = ?",
                    continued.text(),
                    row.id());
        }
        return continued;
    }

    /** Fails if rows of the hot table can't be archived, or not without locking all of it. */
    private void checkHotTable() {
        Optional<String> unfit =
                transactions.run("looking at the table", dialect.shortIsolation(), "Call prepare again", connection -> {
                    Optional<String> reason = dialect.unfit(connection, relation.parts());
                    return reason.isEmpty() && partitionDrop != null ? partitionDrop.unfit(connection) : reason;
                });
        if (unfit.isPresent()) {
            throw new ConfigurationException(source + " can't be archived: " + unfit.get());
        }
        hotRows.checkTimeIndex();
    }

    @Override
    public JournalState state() {
        return transactions.run(
                "reading the journal",
                dialect.shortIsolation(),
                "Read it again",
                connection -> state(connection, ScanControl.unlimited()));
    }

    JournalState state(Connection connection, ScanControl control) throws SQLException {
        return JournalRow.state(connection, control, tables, source, tableName);
    }

    @Override
    public Optional<ArchiveAttempt> begin(TimeRange window, String owner, Duration lease) {
        return begin(new AttemptRequest(window, owner, leaseMicros(lease), AttemptRequest.WINDOW));
    }

    @Override
    public Optional<ArchiveAttempt> beginSweep(TimeRange window, String owner, Duration lease) {
        return begin(new AttemptRequest(window, owner, leaseMicros(lease), AttemptRequest.SWEEP));
    }

    @Override
    public Optional<ArchiveAttempt> beginAdoption(TimeRange window, String owner, Duration lease) {
        return begin(new AttemptRequest(window, owner, leaseMicros(lease), AttemptRequest.ADOPTION));
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
                            || JournalSql.update(
                                            connection,
                                            "UPDATE " + tables.archive
                                                    + " SET watermark_micros = ?, epoch = ? WHERE archive_id = ?",
                                            JournalSql.micros(watermark),
                                            row.epoch() + 1,
                                            row.id())
                                    == 1;
                });
    }

    private Optional<ArchiveAttempt> begin(AttemptRequest request) {
        if (request.window().isEmpty()) {
            throw new IllegalArgumentException(
                    "table '" + tableName + "': the window " + request.window() + " is empty");
        }
        return transactions.run(
                "taking the archive's lease",
                dialect.shortIsolation(),
                "If it happened, nobody gets the lease until it expires",
                connection -> begin(connection, request));
    }

    private Optional<ArchiveAttempt> begin(Connection connection, AttemptRequest request) throws SQLException {
        JournalRow row = lock(connection);
        row.identity().checkWrittenBy(table);
        long now = clock(connection);
        if (row.leaseVersion() != null && row.leaseUntilMicros() > now) {
            return Optional.empty();
        }
        request.check(tableName, row.watermark());
        if (row.watermark() == null
                && !request.kind().equals(AttemptRequest.ADOPTION)
                && versions.anyCommitted(connection, row.id())) {
            throw new ConfigurationException("table '" + tableName + "': an archive is being taken over and not all of"
                    + " it is yet; call adopt() until it is complete");
        }
        TimeRange window =
                request.isSweep() ? versions.reach(connection, row.id(), request.window()) : request.window();
        // Whoever held the lease before is declared dead: it finds its version abandoned if it comes back.
        versions.abandonOpen(connection, row.id(), now);
        Optional<Long> suspended =
                request.isWindow() ? versions.resume(connection, row.id(), window, now) : Optional.empty();
        long version = suspended.orElse(row.nextVersion());
        JournalSql.update(
                connection,
                "UPDATE " + tables.archive + " SET next_version = ?, lease_version = ?, lease_owner = ?,"
                        + " lease_until_micros = ? WHERE archive_id = ?",
                suspended.isPresent() ? row.nextVersion() : version + 1,
                version,
                request.owner(),
                Math.addExact(now, request.leaseMicros()),
                row.id());
        if (suspended.isEmpty()) {
            versions.open(connection, row.id(), version, request.kind(), window, request.owner(), now);
        }
        List<FinishedFiles.Stored> copied =
                request.isWindow() ? finishedFiles.goneOnWith(connection, row.id(), version, window) : List.of();
        return Optional.of(new JdbcAttempt(
                this, row.id(), window, request.kind(), version, row.identity().schemaVersion(), copied));
    }

    @Override
    public Optional<Duration> age(TimeRange window) {
        return transactions.run(
                "looking at the age of " + window, dialect.shortIsolation(), "Look again", connection -> {
                    JournalRow row = lock(connection);
                    Optional<Long> committed = versions.lastCommit(connection, row.id(), window);
                    long now = clock(connection);
                    return committed.map(micros -> Duration.of(now - micros, ChronoUnit.MICROS));
                });
    }

    @Override
    public List<UndeletedRows> undeleted() {
        return transactions.run(
                "looking for rows to delete",
                dialect.shortIsolation(),
                "Look again",
                connection -> laterDeletes.read(connection, lock(connection).id()));
    }

    @Override
    public boolean delete(UndeletedRows rows) {
        return transactions.run(
                "deleting archived rows of " + rows.range(),
                dialect.commitIsolation(),
                "What is still to be deleted tells",
                connection -> laterDeletes.delete(connection, rows));
    }

    @Override
    public Erased erase(List<Row> keys) {
        return transactions.run(
                "erasing " + keys.size() + " keys",
                dialect.shortIsolation(),
                "Erase the keys again, unless somebody has inserted rows with them since",
                connection -> erase(connection, keys));
    }

    /** The row is locked first: the watermark doesn't move, and no commit reads rows between the two deletions. */
    private Erased erase(Connection connection, List<Row> keys) throws SQLException {
        JournalRow row = lock(connection);
        List<Row> archived = new ArrayList<>();
        long deleted = hotRows.delete(connection, keys);
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
            JournalSql.update(
                    connection, "UPDATE " + tables.archive + " SET epoch = ? WHERE archive_id = ?", epoch, row.id());
        }
        return new Erased(deleted, archived.size());
    }

    @Override
    public List<DeadVersion> dead(Duration excludedFor) {
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
    public void forget(Collection<DeadVersion> dead) {
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
        return row;
    }

    /** Read by a statement of its own after the row is locked: waiting for the lock may have taken long. */
    long clock(Connection connection) throws SQLException {
        return JournalSql.queryLong(connection, "SELECT " + dialect.clockMicros());
    }

    Table table() {
        return table;
    }

    String tableName() {
        return tableName;
    }
}
