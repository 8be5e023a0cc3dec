package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.DeadVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What becomes of versions. One is {@code OPEN} from its start, {@code COMMITTED} by its commit, {@code SUPERSEDED}
 * when a sweep has replaced it, and {@code ABANDONED} when its attempt has ended otherwise or is declared dead. While
 * its process has said that it writes no more, and another may go on, it is {@code SUSPENDED}. All changes are made
 * while the table's row is locked. Immutable and thread-safe.
 */
final class VersionTable {

    private static final String DEAD = "state IN ('ABANDONED', 'SUPERSEDED')";
    /** The kind of those that another history has given out, which nobody here has asked for. */
    private static final String FORGOTTEN = "FORGOTTEN";

    private static final int MOST_DEAD = 1_000;

    private final JournalTables tables;

    VersionTable(JournalTables tables) {
        this.tables = tables;
    }

    /** Gives out a version, excluded from reading. */
    void open(
            Connection connection,
            long archiveId,
            long version,
            AttemptRequest.Kind kind,
            TimeRange window,
            String owner,
            long now)
            throws SQLException {
        open(connection, archiveId, version, kind.name(), window, owner, now);
    }

    private void open(
            Connection connection, long archiveId, long version, String kind, TimeRange window, String owner, long now)
            throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO " + tables.version + " (archive_id, version_number, kind, state, window_from_micros,"
                        + " window_to_micros, attempt_owner, started_micros, excluded_micros)"
                        + " VALUES (?, ?, ?, 'OPEN', ?, ?, ?, ?, ?)",
                archiveId,
                version,
                kind,
                Sql.micros(window.from()),
                Sql.micros(window.to()),
                owner,
                now,
                now);
    }

    /** Excludes a version that somebody else has given out, as one that has ended without a commit. */
    void openForgotten(Connection connection, long archiveId, long version, TimeRange window, String owner, long now)
            throws SQLException {
        open(connection, archiveId, version, FORGOTTEN, window, owner, now);
        setState(connection, archiveId, version, "ABANDONED");
    }

    /** Those of {@link #openForgotten} that weren't removed. */
    SortedSet<Long> forgotten(Connection connection, long archiveId) throws SQLException {
        SortedSet<Long> found = new TreeSet<>();
        Sql.query(
                connection,
                "SELECT version_number FROM " + tables.version + " WHERE archive_id = ? AND kind = ?",
                row -> found.add(row.getLong(1)),
                archiveId,
                FORGOTTEN);
        return found;
    }

    /** Declares all attempts dead that haven't ended, suspended ones too. */
    void abandonUnended(Connection connection, long archiveId, long now) throws SQLException {
        abandon(connection, archiveId, now, "OPEN");
        abandon(connection, archiveId, now, "SUSPENDED");
    }

    /**
     * Declares all attempts dead that haven't ended. Until now they may have written, so it is from now on that readers
     * and statements are waited for which may still know what they wrote.
     */
    void abandonOpen(Connection connection, long archiveId, long now) throws SQLException {
        abandon(connection, archiveId, now, "OPEN");
    }

    private void abandon(Connection connection, long archiveId, long now, String state) throws SQLException {
        Sql.update(
                connection,
                "UPDATE " + tables.version + " SET state = 'ABANDONED', excluded_micros = ?"
                        + " WHERE archive_id = ? AND state = ?",
                now,
                archiveId,
                state);
    }

    /** Lets one that holds the lease go on later. What was recorded of its partitions is recorded anew then. */
    void suspend(Connection connection, long archiveId, long version) throws SQLException {
        deleteOf(connection, archiveId, version, List.of(tables.file, tables.manifest));
        setState(connection, archiveId, version, "SUSPENDED");
    }

    /**
     * Opens the suspended attempt at a window again. Suspended attempts at other windows are declared dead: the
     * watermark has passed them, or what was a stretch without rows has got some.
     *
     * @return its version; empty if there is none
     */
    Optional<Long> resume(Connection connection, long archiveId, TimeRange window, long now) throws SQLException {
        List<Long> found = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT version_number FROM " + tables.version + " WHERE archive_id = ? AND state = 'SUSPENDED'"
                        + " AND window_from_micros = ? AND window_to_micros = ? ORDER BY version_number DESC",
                row -> found.add(row.getLong(1)),
                archiveId,
                Sql.micros(window.from()),
                Sql.micros(window.to()));
        if (!found.isEmpty()) {
            setState(connection, archiveId, found.get(0), "OPEN");
        }
        abandon(connection, archiveId, now, "SUSPENDED");
        return found.stream().findFirst();
    }

    private void setState(Connection connection, long archiveId, long version, String state) throws SQLException {
        Sql.update(
                connection,
                "UPDATE " + tables.version + " SET state = ? WHERE archive_id = ? AND version_number = ?",
                state,
                archiveId,
                version);
    }

    /** Whether an attempt is neither committed nor declared dead. Locks its row. */
    boolean isOpen(Connection connection, long archiveId, long version) throws SQLException {
        List<String> states = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT state FROM " + tables.version + " WHERE archive_id = ? AND version_number = ? FOR UPDATE",
                row -> states.add(row.getString(1)),
                archiveId,
                version);
        return states.contains("OPEN");
    }

    /** Whether readers see any version. */
    boolean anyCommitted(Connection connection, long archiveId) throws SQLException {
        return Sql.queryLong(
                        connection,
                        "SELECT count(*) FROM " + tables.version + " WHERE archive_id = ? AND state = 'COMMITTED'",
                        archiveId)
                > 0;
    }

    /** Lets readers see a version. */
    void commit(Connection connection, long archiveId, long version, long epoch, long now) throws SQLException {
        Sql.update(
                connection,
                "UPDATE " + tables.version + " SET state = 'COMMITTED', excluded_micros = NULL,"
                        + " committed_micros = ?, committed_epoch = ? WHERE archive_id = ? AND version_number = ?",
                now,
                epoch,
                archiveId,
                version);
    }

    /** A window, extended to the windows of all versions that count, hold rows and touch it. */
    TimeRange reach(Connection connection, long archiveId, TimeRange window) throws SQLException {
        TimeRange reach = window;
        TimeRange before;
        do {
            before = reach;
            List<TimeRange> found = new ArrayList<>(1);
            Sql.query(
                    connection,
                    "SELECT min(v.window_from_micros), max(v.window_to_micros) FROM " + tables.version + " v WHERE "
                            + counts() + " HAVING count(*) > 0",
                    row -> found.add(new TimeRange(Sql.instant(row.getLong(1)), Sql.instant(row.getLong(2)))),
                    archiveId,
                    Sql.micros(reach.to()),
                    Sql.micros(reach.from()));
            for (TimeRange each : found) {
                reach = new TimeRange(
                        each.from().isBefore(reach.from()) ? each.from() : reach.from(),
                        each.to().isAfter(reach.to()) ? each.to() : reach.to());
            }
        } while (!reach.equals(before));
        return reach;
    }

    /** When the newest of the versions was committed that count, hold rows and touch a window. */
    Optional<Long> lastCommit(Connection connection, long archiveId, TimeRange window) throws SQLException {
        List<Long> found = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT max(v.committed_micros) FROM " + tables.version + " v WHERE " + counts()
                        + " HAVING count(*) > 0",
                row -> found.add(row.getLong(1)),
                archiveId,
                Sql.micros(window.to()),
                Sql.micros(window.from()));
        return found.stream().findFirst();
    }

    /** Excludes all versions that hold rows of a window; the new one doesn't count yet. */
    void supersede(Connection connection, long archiveId, TimeRange window, long now) throws SQLException {
        List<Long> older = new ArrayList<>();
        Sql.query(
                connection,
                "SELECT v.version_number FROM " + tables.version + " v WHERE " + counts(),
                row -> older.add(row.getLong(1)),
                archiveId,
                Sql.micros(window.to()),
                Sql.micros(window.from()));
        for (long version : older) {
            Sql.update(
                    connection,
                    "UPDATE " + tables.version + " SET state = 'SUPERSEDED', excluded_micros = ?"
                            + " WHERE archive_id = ? AND version_number = ?",
                    now,
                    archiveId,
                    version);
        }
    }

    /** The versions that are excluded for good since a moment or before. */
    List<DeadVersion> dead(Connection connection, long archiveId, long untilMicros) throws SQLException {
        List<DeadVersion> dead = new ArrayList<>();
        Sql.query(
                connection,
                "SELECT version_number, window_from_micros, window_to_micros FROM " + tables.version
                        + " WHERE archive_id = ? AND " + DEAD + " AND excluded_micros <= ?"
                        + " ORDER BY version_number LIMIT " + MOST_DEAD,
                row -> dead.add(new DeadVersion(
                        row.getLong(1), new TimeRange(Sql.instant(row.getLong(2)), Sql.instant(row.getLong(3))))),
                archiveId,
                untilMicros);
        return dead;
    }

    /**
     * Drops a dead version with its manifests. Its row is locked first: an attempt that comes back from the dead can't
     * record a manifest between.
     */
    void forget(Connection connection, long archiveId, long version) throws SQLException {
        List<Long> found = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT version_number FROM " + tables.version + " WHERE archive_id = ? AND version_number = ? AND "
                        + DEAD + " FOR UPDATE",
                row -> found.add(row.getLong(1)),
                archiveId,
                version);
        if (!found.isEmpty()) {
            deleteOf(
                    connection,
                    archiveId,
                    version,
                    List.of(tables.finishedFile, tables.file, tables.manifest, tables.version));
        }
    }

    private static void deleteOf(Connection connection, long archiveId, long version, List<String> from)
            throws SQLException {
        for (String table : from) {
            Sql.update(
                    connection,
                    "DELETE FROM " + table + " WHERE archive_id = ? AND version_number = ?",
                    archiveId,
                    version);
        }
    }

    /** That a version is visible, holds rows and touches a window: three parameters. */
    private String counts() {
        return "v.archive_id = ? AND v.excluded_micros IS NULL AND v.window_from_micros < ? AND v.window_to_micros > ?"
                + " AND EXISTS (SELECT 1 FROM " + tables.manifest + " m WHERE m.archive_id = v.archive_id"
                + " AND m.version_number = v.version_number)";
    }
}
