package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * MySQL and MariaDB. The journal's name is a prefix of its tables, which lie in the connection's database: a database
 * of its own would take a right that few users have. DDL commits. The consistent snapshot covers all InnoDB tables, and
 * DDL on one makes its reads fail.
 */
public final class InnoDbJournal extends JournalDialect {

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
    public String clockMicros() {
        return "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))";
    }

    /**
     * With 0 and 2 the log is written once a second. Of two logs both have to be there: what the binary one lacks after
     * a crash is rolled back in the other.
     */
    @Override
    Optional<String> weakDurability(Connection connection) throws SQLException {
        List<String> weak = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit, @@GLOBAL.log_bin, @@GLOBAL.sync_binlog",
                row -> {
                    long flush = row.getLong(1);
                    if (flush != 1 && flush != 3) {
                        weak.add("innodb_flush_log_at_trx_commit = " + flush);
                    }
                    if (row.getLong(2) != 0 && row.getLong(3) != 1) {
                        weak.add("sync_binlog = " + row.getLong(3));
                    }
                });
        return weak.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", weak) + "; set it to 1");
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
    String lockingSuffix() {
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
        Sql.query(
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

    /** A result that streams has the connection to itself. */
    @Override
    boolean streamsConcurrently() {
        return false;
    }

    @Override
    boolean isReferenced(SQLException e) {
        return hasCode(e, 1451);
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
