package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What the journal needs of a database beyond reading scans. The defaults are those of a database whose journal is a
 * schema of standard SQL. Stateless and thread-safe.
 */
public abstract class JournalDialect {

    /** The quoted name of one of a journal's tables. */
    String table(String journal, String table) {
        return '"' + journal + "\"." + table;
    }

    /** What holds the tables, if it has to be created. */
    List<String> createContainer(String journal) {
        return List.of("CREATE SCHEMA IF NOT EXISTS \"" + journal + '"');
    }

    /** Whether {@link #createContainer} can be left out. */
    abstract boolean hasContainer(Connection connection, String journal) throws SQLException;

    /**
     * What a transaction that deletes rows runs first; empty for nothing.
     *
     * @param hotTable the quoted name of the table
     */
    Optional<String> beforeDelete(String hotTable) {
        return Optional.empty();
    }

    /** Whether the database kept rows since others point at them. */
    abstract boolean isReferenced(SQLException e);

    String identityType() {
        return "bigint GENERATED ALWAYS AS IDENTITY";
    }

    abstract String textType();

    String tableOptions() {
        return "";
    }

    /** Whether a transaction can hold DDL, which its rollback undoes. */
    public boolean hasTransactionalDdl() {
        return false;
    }

    /**
     * The database's clock as an expression: microseconds since 1970. Not the transaction's start, which may be long
     * before the row lock was got.
     */
    abstract String clockMicros();

    /**
     * Lets one process at a time create tables, until the transaction ends. Where DDL ends it, nothing does: then each
     * statement is harmless if another process runs it too, and what says that all is there can be written only once.
     */
    void beginCreating(Connection connection, String journal) throws SQLException {}

    /** Makes the transaction that has just begun survive a crash of the database once it is committed. */
    void makeDurable(Connection connection) throws SQLException {}

    /** Why a committed transaction may not survive a crash, for messages; empty if it does. */
    Optional<String> weakDurability(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** The isolation of a short transaction that starts by locking the row it is about. */
    abstract Isolation shortIsolation();

    /** The isolation of the transaction that re-reads and deletes a window. */
    abstract Isolation commitIsolation();

    /** What stands behind the window's re-read, so that it sees the rows that the DELETE will. */
    abstract String rereadSuffix();

    /**
     * What stands behind the window's re-read where no DELETE follows: none of the rows goes or changes until the
     * transaction has ended.
     */
    abstract String lockingSuffix();

    /** Whether the re-read's locks need an index on the time, lest they lock the table. */
    abstract boolean needsTimeIndex();

    /**
     * Why a table can't give up rows in transactions, for messages; empty if it can.
     *
     * @param parts the parts of the table's name, schema or database first
     */
    Optional<String> unfit(Connection connection, List<String> parts) throws SQLException {
        return Optional.empty();
    }

    /** What has to run first in a snapshot's transaction, given the hot table's quoted name. */
    Optional<String> beforeSnapshot(String hotTable) {
        return Optional.empty();
    }

    /** Whether several results can be open on one connection without one of them being read into memory. */
    abstract boolean streamsConcurrently();

    /**
     * Whether the transaction failed for reasons of timing only, and may be run again. A row that is there already is
     * one: the journal inserts only what it has just looked for.
     */
    abstract boolean isRetryable(SQLException e);

    abstract boolean isMissingTable(SQLException e);

    abstract boolean isDenied(SQLException e);

    static boolean hasState(SQLException e, String... states) {
        return List.of(states).contains(String.valueOf(e.getSQLState()));
    }

    static boolean hasCode(SQLException e, Integer... codes) {
        return List.of(codes).contains(e.getErrorCode());
    }
}
