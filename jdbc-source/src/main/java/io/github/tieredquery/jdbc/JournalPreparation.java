package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.ConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates the journal's tables. Several processes may do so at once: one of two that insert the same row fails, and
 * sees the other's when it tries again.
 */
final class JournalPreparation {

    static final String AGAIN = "Call prepare again";

    private final JournalTransactions transactions;
    private final JournalDialect dialect;
    private final JournalTables tables;
    private final String source;

    JournalPreparation(JournalTransactions transactions, JournalDialect dialect, JournalTables tables, String source) {
        this.transactions = transactions;
        this.dialect = dialect;
        this.tables = tables;
        this.source = source;
    }

    /** Creates or migrates what isn't of this version. Who may not gets by if a DBA has done it. */
    void createTables() {
        if (foundVersion() >= JournalTables.SCHEMA_VERSION) {
            return;
        }
        transactions.run(
                "creating the journal '" + tables.name() + "'", dialect.shortIsolation(), AGAIN, connection -> {
                    dialect.beginCreating(connection, tables.name());
                    try {
                        create(connection);
                        return true;
                    } finally {
                        dialect.endCreating(connection, tables.name());
                    }
                });
    }

    private void create(Connection connection) throws SQLException {
        if (!dialect.hasContainer(connection, tables.name())) {
            executeAll(connection, dialect.createContainer(tables.name()));
        }
        JournalSql.execute(connection, tables.createSchemaTable());
        long found = readSchemaVersion(connection);
        if (found < JournalTables.SCHEMA_VERSION) {
            executeAll(connection, tables.migration(found));
            JournalSql.update(connection, tables.recordSchemaVersion(found));
        }
    }

    private static void executeAll(Connection connection, List<String> statements) throws SQLException {
        for (String statement : statements) {
            JournalSql.execute(connection, statement);
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
                            connection.rollback();
                            return JournalTables.NONE;
                        }
                        throw e;
                    }
                });
        if (found > JournalTables.SCHEMA_VERSION) {
            tables.checkSchemaVersion(source, found);
        }
        return found;
    }

    private long readSchemaVersion(Connection connection) throws SQLException {
        List<Long> versions = new ArrayList<>(1);
        JournalSql.query(
                connection, "SELECT schema_version FROM " + tables.schema, row -> versions.add(row.getLong(1)));
        return versions.isEmpty() ? JournalTables.NONE : versions.get(0);
    }
}
