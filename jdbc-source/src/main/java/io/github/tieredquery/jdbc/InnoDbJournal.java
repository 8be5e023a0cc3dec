package io.github.tieredquery.jdbc;

import io.github.tieredquery.jdbc.sql.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * MySQL and MariaDB. The journal's name is a prefix of its tables, which lie in the connection's database: a database
 * of its own would take a right that few users have. DDL commits.
 */
final class InnoDbJournal extends JournalDialect {

    private static final int CREATE_WAIT_SECONDS = 60;

    @Override
    String table(String journal, String table) {
        return '`' + journal + '_' + table + '`';
    }

    @Override
    List<String> createContainer(String journal) {
        return List.of();
    }

    @Override
    boolean hasContainer(Connection connection, String journal) {
        return true;
    }

    @Override
    String identityType() {
        return "bigint NOT NULL AUTO_INCREMENT";
    }

    @Override
    String textType() {
        return "mediumtext";
    }

    /** The collation tells apart all names but those that differ in spaces at their end, which are refused. */
    @Override
    String tableOptions() {
        return " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    }

    /** In UTC: the local time of a session stands for two instants when the clocks go back. */
    @Override
    String clockMicros() {
        return "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))";
    }

    @Override
    void beginCreating(Connection connection, String journal) throws SQLException {
        long got = JournalSql.queryLong(
                connection, "SELECT COALESCE(GET_LOCK(?, " + CREATE_WAIT_SECONDS + "), 0)", lock(journal));
        if (got != 1) {
            throw new SQLException(
                    "the lock '" + lock(journal) + "' wasn't free for " + CREATE_WAIT_SECONDS + " seconds",
                    "HY000",
                    1205);
        }
    }

    @Override
    void endCreating(Connection connection, String journal) throws SQLException {
        JournalSql.queryLong(connection, "SELECT COALESCE(RELEASE_LOCK(?), 0)", lock(journal));
    }

    private static String lock(String journal) {
        return "tieredquery journal " + journal;
    }

    /** Locking reads see the newest rows at any isolation; READ COMMITTED is refused with a statement-based binlog. */
    @Override
    Isolation shortIsolation() {
        return Isolation.REPEATABLE_READ;
    }

    /** Its gap locks make an insert into the window wait until the watermark has moved. */
    @Override
    Isolation commitIsolation() {
        return Isolation.REPEATABLE_READ;
    }

    /**
     * InnoDB's plain read shows the transaction's read view, its DELETE the newest committed rows: a row that was
     * committed between would be deleted unread. A locking read sees what the DELETE sees.
     */
    @Override
    String rereadSuffix() {
        return " FOR UPDATE";
    }

    @Override
    String holdingSuffix() {
        return " FOR UPDATE";
    }

    @Override
    boolean needsTimeIndex() {
        return true;
    }

    /** Other engines have no transactions, or none that take part in InnoDB's snapshots. */
    @Override
    Optional<String> unfit(Connection connection, List<String> parts) throws SQLException {
        List<String> engines = new ArrayList<>(1);
        JournalSql.query(
                connection,
                "SELECT COALESCE(ENGINE, TABLE_TYPE) FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?",
                row -> engines.add(row.getString(1)),
                parts.size() > 1 ? parts.get(parts.size() - 2) : null,
                parts.get(parts.size() - 1));
        return engines.contains("InnoDB")
                ? Optional.empty()
                : Optional.of("it isn't a table of InnoDB but " + engines
                        + ", so deleting its rows can't be one transaction with the journal");
    }

    /** The consistent snapshot covers all InnoDB tables, and DDL on one makes its reads fail. */
    @Override
    Optional<String> beforeSnapshot(String hotTable) {
        return Optional.empty();
    }

    /** A result that streams has the connection to itself. */
    @Override
    boolean readsInTurn() {
        return false;
    }

    /** A row that changed under the read view, a lock that wasn't got in time, a deadlock, a row inserted meanwhile. */
    @Override
    boolean isRetryable(SQLException e) {
        return hasCode(e, 1020, 1205, 1213, 1062);
    }

    @Override
    boolean isMissingTable(SQLException e) {
        return hasCode(e, 1146, 1049);
    }

    /** For a command, a column or a table, and for the whole database. */
    @Override
    boolean isDenied(SQLException e) {
        return hasCode(e, 1142, 1143, 1044, 1227, 1290);
    }
}
