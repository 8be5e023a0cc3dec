package io.github.tieredquery.jdbc.internal.journal;

import static io.github.tieredquery.jdbc.internal.journal.Sql.nullableLong;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.JournalState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table's row in the journal, locked by the transaction that read it. Every step of the archiver starts by locking
 * it, so the steps of two archivers follow one another.
 *
 * @param id the archive's number in the journal
 * @param watermark null if nothing was archived yet
 * @param epoch how many commits there were
 * @param nextVersion the version that is given out next
 * @param leaseVersion the version of the attempt that holds the lease, null if it was given back
 * @param leaseUntilMicros when the lease expires by the database's clock, in microseconds since 1970
 * @param identity what the archive is written with
 */
record JournalRow(
        long id,
        @Nullable Instant watermark,
        long epoch,
        long nextVersion,
        @Nullable Long leaseVersion,
        long leaseUntilMicros,
        ArchiveIdentity identity) {

    /** Whether an attempt holds the lease, expired or not. */
    boolean isLeasedTo(long version) {
        return leaseVersion != null && leaseVersion == version;
    }

    /** Locks a table's row; null if the journal doesn't know the table. */
    static @Nullable JournalRow lock(Connection connection, JournalTables tables, String tableName)
            throws SQLException {
        List<JournalRow> rows = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT archive_id, watermark_micros, epoch, next_version, lease_version, lease_until_micros,"
                        + " archive_identity FROM " + tables.archive + " WHERE table_name = ? FOR UPDATE",
                row -> rows.add(new JournalRow(
                        row.getLong("archive_id"),
                        instant(nullableLong(row, "watermark_micros")),
                        row.getLong("epoch"),
                        row.getLong("next_version"),
                        nullableLong(row, "lease_version"),
                        row.getLong("lease_until_micros"),
                        ArchiveIdentity.parse(row.getString("archive_identity")))),
                tableName);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /**
     * The state as readers need it, in one statement, so that it is of one moment at any isolation.
     *
     * @param control can stop the statement
     * @throws ConfigurationException if the journal isn't complete or is newer than this library
     */
    static JournalState state(
            Connection connection, ScanControl control, JournalTables tables, String source, String tableName)
            throws SQLException {
        List<JournalState> states = new ArrayList<>(1);
        List<Long> schemas = new ArrayList<>(1);
        SortedSet<Long> excluded = new TreeSet<>();
        Sql.query(
                connection,
                control,
                "reading the journal of " + source,
                "SELECT s.schema_version, a.watermark_micros, a.epoch, a.next_version, a.archive_identity,"
                        + " v.version_number FROM " + tables.schema + " s LEFT JOIN " + tables.archive
                        + " a ON a.table_name = ? LEFT JOIN " + tables.version
                        + " v ON v.archive_id = a.archive_id AND v.excluded_micros IS NOT NULL",
                row -> {
                    Long version = nullableLong(row, "version_number");
                    if (version != null) {
                        excluded.add(version);
                    }
                    if (schemas.isEmpty()) {
                        schemas.add(row.getLong("schema_version"));
                        Long next = nullableLong(row, "next_version");
                        states.add(new JournalState(
                                instant(nullableLong(row, "watermark_micros")),
                                row.getLong("epoch"),
                                new VisibleVersions(next == null ? 0 : next - 1, new TreeSet<>()),
                                row.getString("archive_identity")));
                    }
                },
                tableName);
        tables.checkSchemaVersion(source, schemas.isEmpty() ? JournalTables.NONE : schemas.get(0));
        JournalState state = states.get(0);
        return new JournalState(
                state.watermark(),
                state.epoch(),
                new VisibleVersions(state.versions().ceiling(), excluded),
                state.identity());
    }

    private static @Nullable Instant instant(@Nullable Long micros) {
        return micros == null ? null : Sql.instant(micros);
    }
}
