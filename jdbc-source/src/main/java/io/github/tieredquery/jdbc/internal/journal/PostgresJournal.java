package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/** PostgreSQL. */
public final class PostgresJournal extends JournalDialect {

    /** Sets the library's advisory locks apart from those of others. */
    private static final long LOCK_SPACE = 0x7469_6572L << 32;

    /** What {@code synchronous_commit} is for whoever loses nothing that was acknowledged. */
    private static final List<String> DURABLE = List.of("on", "remote_apply");

    /** CREATE SCHEMA IF NOT EXISTS asks for the right to create one even if it is there. */
    @Override
    boolean hasContainer(Connection connection, String journal) throws SQLException {
        return Sql.queryLong(connection, "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = ?", journal) > 0;
    }

    @Override
    String textType() {
        return "text";
    }

    @Override
    String clockMicros() {
        return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)";
    }

    @Override
    void beginCreating(Connection connection, String journal) throws SQLException {
        CRC32 crc = new CRC32();
        crc.update(journal.getBytes(StandardCharsets.UTF_8));
        Sql.execute(connection, "SELECT pg_advisory_xact_lock(" + (LOCK_SPACE | crc.getValue()) + ")");
    }

    /**
     * Without it an acknowledged commit may be gone after a crash, and numbers of versions would be given out again
     * under which there are files. What waits for replicas to apply it, too, goes on doing so. SHOW and SET take no
     * snapshot.
     */
    @Override
    void makeDurable(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>(1);
        Sql.query(connection, "SHOW synchronous_commit", row -> found.add(row.getString(1)));
        if (!DURABLE.containsAll(found)) {
            Sql.execute(connection, "SET LOCAL synchronous_commit = on");
        }
    }

    /** Neither can be set for a transaction: what isn't flushed, or is flushed in part, is lost with the server. */
    @Override
    Optional<String> weakDurability(Connection connection) throws SQLException {
        List<String> weak = new ArrayList<>(2);
        Sql.query(
                connection,
                "SELECT name FROM pg_catalog.pg_settings WHERE name IN ('fsync', 'full_page_writes')"
                        + " AND setting <> 'on' ORDER BY name",
                row -> weak.add(row.getString(1) + " = off"));
        return weak.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", weak) + "; set it to on");
    }

    @Override
    public boolean hasTransactionalDdl() {
        return true;
    }

    @Override
    Isolation shortIsolation() {
        return Isolation.READ_COMMITTED;
    }

    /**
     * One snapshot for the re-read and the DELETE: a row that came later is in neither, one that changed fails both.
     */
    @Override
    Isolation commitIsolation() {
        return Isolation.REPEATABLE_READ;
    }

    @Override
    String rereadSuffix() {
        return "";
    }

    /** One that has changed since the snapshot fails the statement. The lock wants the right to UPDATE. */
    @Override
    String lockingSuffix() {
        return " FOR SHARE";
    }

    @Override
    boolean needsTimeIndex() {
        return false;
    }

    /**
     * DETACH PARTITION and TRUNCATE take effect on older snapshots too. The lock comes before the first query, which
     * takes the snapshot, and holds both off until the end; SELECT is enough to take it.
     */
    @Override
    Optional<String> beforeSnapshot(String hotTable) {
        return Optional.of("LOCK TABLE " + hotTable + " IN ACCESS SHARE MODE");
    }

    @Override
    boolean streamsConcurrently() {
        return true;
    }

    /**
     * Foreign keys, triggers and columns come and go in the catalog of a later snapshot, and act in the transaction of
     * an earlier one all the same. The lock is DELETE's own.
     */
    @Override
    Optional<String> beforeDelete(String hotTable) {
        return Optional.of("LOCK TABLE " + hotTable + " IN ROW EXCLUSIVE MODE");
    }

    /** From version 18 on a key with RESTRICT has a state of its own. */
    @Override
    boolean isReferenced(SQLException e) {
        return hasState(e, "23503", "23001");
    }

    @Override
    boolean isRetryable(SQLException e) {
        return hasState(e, "40001", "40P01", "23505");
    }

    @Override
    boolean isMissingTable(SQLException e) {
        return hasState(e, "42P01", "3F000");
    }

    @Override
    boolean isDenied(SQLException e) {
        return hasState(e, "42501");
    }
}
