package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.store.ArchiveIdentity;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What comes before the first step of the protocol: looks whether the hot table's rows can be archived, creates the
 * journal's tables, and records with which table and layout the archive is written. Several processes may do so at
 * once: one of two that insert the same row fails, and sees the other's when it tries again.
 */
final class JournalPreparation {

    private static final String AGAIN = "Call prepare again";

    private final JdbcJournal journal;
    private final PhysicalTable physical;
    private final AcceptedRisks risks;
    private final JournalTransactions transactions;
    private final JournalDialect dialect;
    private final JournalTables tables;

    JournalPreparation(JdbcJournal journal, PhysicalTable physical, AcceptedRisks risks) {
        this.journal = journal;
        this.physical = physical;
        this.risks = risks;
        this.transactions = journal.transactions;
        this.dialect = journal.dialect;
        this.tables = journal.tables;
    }

    /** Fails if the archive that the journal tells of is another one. */
    void check(ArchiveIdentity identity) {
        if (foundVersion() == JournalTables.NONE) {
            return;
        }
        transactions.run(
                "looking for the archive of '" + journal.tableName() + "'",
                dialect.shortIsolation(),
                AGAIN,
                connection -> {
                    Sql.query(
                            connection,
                            "SELECT next_version, archive_identity FROM " + tables.archive + " WHERE table_name = ?",
                            row -> binding(row.getLong(1), ArchiveIdentity.parse(row.getString(2)))
                                    .continuedBy(identity),
                            journal.tableName());
                    return true;
                });
    }

    private static ArchiveIdentity binding(long nextVersion, ArchiveIdentity recorded) {
        return nextVersion == 1 ? recorded.beforeAnyVersion() : recorded;
    }

    ArchiveIdentity prepare(ArchiveIdentity identity) {
        Optional<String> risk = checkHotTable();
        createTables();
        // Looked for before the journal is locked: the longer that takes, the more often others meet in a deadlock.
        List<String> undeclared = transactions.run(
                "looking at the table's columns", dialect.shortIsolation(), AGAIN, journal.hotRows::undeclaredColumns);
        return transactions.run(
                "preparing the archive of '" + journal.tableName() + "'",
                dialect.shortIsolation(),
                AGAIN,
                connection -> record(connection, identity, undeclared, risk));
    }

    /**
     * Fails if rows of the hot table can't be archived, or not without locking all of it.
     *
     * @return what they can't be archived for unless the developer answers for it
     */
    private Optional<String> checkHotTable() {
        DetachPartitions drop = journal.partitionDrop;
        Optional<String> unfit =
                transactions.run("looking at the table", dialect.shortIsolation(), AGAIN, connection -> {
                    Optional<List<String>> base = physical.baseTable(connection);
                    Optional<String> reason =
                            base.isPresent() ? dialect.unfit(connection, base.get()) : Optional.empty();
                    return reason.isEmpty() && drop != null ? drop.unfit(connection) : reason;
                });
        if (unfit.isPresent()) {
            throw new ConfigurationException(journal.source() + " can't be archived: " + unfit.get());
        }
        transactions.run(
                "looking at what hangs on the table", dialect.shortIsolation(), AGAIN, journal.hotRows::checkEffects);
        journal.hotRows.checkTimeIndex();
        return transactions.run(
                "looking at the table's types and keys", dialect.shortIsolation(), AGAIN, connection -> {
                    journal.hotRows.checkTypes(connection);
                    return risk(connection);
                });
    }

    /** What the promise stands on, the database doesn't give, and nobody answers for. */
    private Optional<String> risk(Connection connection) throws SQLException {
        if (!risks.keyWithoutIndex() && !journal.hotRows.isKeyUnique(connection)) {
            return Optional.of(
                    "no unique index of it covers " + journal.hotRows.keySql() + ", or some of them alone, so"
                            + " that two rows can have one time and key, of which readers and pages would lose one. Create one,"
                            + " or, if the application never writes two such rows, say so with"
                            + " JdbcSourceBuilder.acceptedKeyWithoutIndex()");
        }
        return risks.weakDurability()
                ? Optional.empty()
                : dialect.weakDurability(connection)
                        .map(weak -> "a crash of the database can take back what it has committed, and a version number"
                                + " that files were written under would be given out again, so that a day could come"
                                + " twice. The server has " + weak + ". Or, if that may happen, say so with"
                                + " JdbcSourceBuilder.acceptedWeakDurability()");
    }

    /**
     * Records the identity of a table that is new to the journal, and continues that of one that isn't. Undeclared
     * columns are refused second: the archive may know better what is missing here.
     */
    private ArchiveIdentity record(
            Connection connection, ArchiveIdentity identity, List<String> undeclared, Optional<String> risk)
            throws SQLException {
        // Changes nothing, but locks the row, and fails for a user who may only read.
        Sql.update(
                connection,
                "UPDATE " + tables.archive + " SET epoch = epoch WHERE table_name = ?",
                journal.tableName());
        JournalRow row = JournalRow.lock(connection, tables, journal.tableName());
        ArchiveIdentity continued = row == null
                ? identity
                : binding(row.nextVersion(), row.identity()).continuedBy(identity);
        journal.hotRows.refuse(undeclared);
        if (risk.isPresent()) {
            throw new ConfigurationException(journal.source() + " can't be archived: " + risk.get());
        }
        if (row == null) {
            Sql.update(
                    connection,
                    "INSERT INTO " + tables.archive
                            + " (table_name, archive_identity, epoch, next_version) VALUES (?, ?, 0, 1)",
                    journal.tableName(),
                    identity.text());
        } else if (!continued.equals(row.identity())) {
            // An attempt that is under way has the older columns: it finds its lease gone.
            journal.versions.abandonOpen(connection, row.id(), journal.clock(connection));
            Sql.update(
                    connection,
                    "UPDATE " + tables.archive + " SET archive_identity = ?, lease_version = NULL,"
                            + " lease_owner = NULL, lease_until_micros = NULL WHERE archive_id = ?",
                    continued.text(),
                    row.id());
        }
        return continued;
    }

    /** Creates or migrates what isn't of this version. Who may not gets by if a DBA has done it. */
    private void createTables() {
        if (foundVersion() >= JournalTables.SCHEMA_VERSION) {
            return;
        }
        transactions.run(
                "creating the journal '" + tables.name() + "'", dialect.shortIsolation(), AGAIN, connection -> {
                    dialect.beginCreating(connection, tables.name());
                    create(connection);
                    return true;
                });
    }

    private void create(Connection connection) throws SQLException {
        if (!dialect.hasContainer(connection, tables.name())) {
            executeAll(connection, dialect.createContainer(tables.name()));
        }
        Sql.execute(connection, tables.createSchemaTable());
        long found = readSchemaVersion(connection);
        if (found < JournalTables.SCHEMA_VERSION) {
            executeAll(connection, tables.migration(found));
            Sql.update(connection, tables.recordSchemaVersion(found));
        }
    }

    private static void executeAll(Connection connection, List<String> statements) throws SQLException {
        for (String statement : statements) {
            Sql.execute(connection, statement);
        }
    }

    /**
     * The version of the tables that are there.
     *
     * @throws ConfigurationException if it is newer than this library
     */
    private long foundVersion() {
        long found = transactions.run(
                "looking for the journal '" + tables.name() + "'", dialect.shortIsolation(), AGAIN, connection -> {
                    try {
                        return readSchemaVersion(connection);
                    } catch (SQLException e) {
                        if (dialect.isMissingTable(e)) {
                            transactions.beginAgain(connection, dialect.shortIsolation());
                            return JournalTables.NONE;
                        }
                        throw e;
                    }
                });
        if (found > JournalTables.SCHEMA_VERSION) {
            tables.checkSchemaVersion(journal.source(), found);
        }
        return found;
    }

    private long readSchemaVersion(Connection connection) throws SQLException {
        List<Long> versions = new ArrayList<>(1);
        Sql.query(connection, "SELECT schema_version FROM " + tables.schema, row -> versions.add(row.getLong(1)));
        return versions.isEmpty() ? JournalTables.NONE : versions.get(0);
    }
}
