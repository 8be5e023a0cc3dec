package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import java.sql.Connection;
import java.sql.SQLException;

/** H2. Its snapshot isolation covers reads and DELETEs alike. DDL commits. */
public final class H2Journal extends JournalDialect {

    @Override
    boolean hasContainer(Connection connection, String journal) throws SQLException {
        return Sql.queryLong(
                        connection, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = ?", journal)
                > 0;
    }

    @Override
    String textType() {
        return "varchar";
    }

    /** The transaction's start: H2 has no other clock, and waits for a lock for two seconds at most by default. */
    @Override
    String clockMicros() {
        return "DATEDIFF(MICROSECOND, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00:00', CURRENT_TIMESTAMP)";
    }

    @Override
    Isolation shortIsolation() {
        return Isolation.READ_COMMITTED;
    }

    @Override
    Isolation commitIsolation() {
        return Isolation.REPEATABLE_READ;
    }

    @Override
    String rereadSuffix() {
        return "";
    }

    @Override
    String lockingSuffix() {
        return " FOR UPDATE";
    }

    @Override
    boolean needsTimeIndex() {
        return false;
    }

    /** A result that is read lazily ends when the connection runs another statement. */
    @Override
    boolean streamsConcurrently() {
        return false;
    }

    @Override
    boolean isReferenced(SQLException e) {
        return hasCode(e, 23503);
    }

    /** Two sessions that create one schema at once pass H2's check for it both, and its catalog then refuses one. */
    @Override
    boolean isRetryable(SQLException e) {
        return hasCode(e, 40001, 50200, 90131, 23505)
                || (hasCode(e, 50000) && String.valueOf(e.getMessage()).contains("object already exists"));
    }

    @Override
    boolean isMissingTable(SQLException e) {
        return hasCode(e, 42102, 42103, 42104, 90079);
    }

    @Override
    boolean isDenied(SQLException e) {
        return hasCode(e, 90096, 90040);
    }
}
