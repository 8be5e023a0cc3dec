package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the files that are finished of windows that are being copied. All changes are made while the table's
 * row is locked. Immutable and thread-safe.
 */
public final class FinishedFileTable {

    private final JournalTables tables;
    private final Table table;

    FinishedFileTable(JournalTables tables, Table table) {
        this.tables = tables;
        this.table = table;
    }

    /** A file as the journal keeps it. */
    public record Stored(
            long version,
            String path,
            StoredFile file,
            Instant minTime,
            Instant maxTime,
            String fingerprint,
            int schemaVersion,
            String last) {

        boolean isSameAs(Stored other) {
            return path.equals(other.path)
                    && file.rows() == other.file.rows()
                    && fingerprint.equals(other.fingerprint)
                    && last.equals(other.last);
        }
    }

    void insert(Connection connection, long archiveId, int number, FinishedFile file) throws SQLException {
        PartitionManifest manifest = file.manifest();
        StoredFile stored = manifest.files().get(0);
        Sql.update(
                connection,
                "INSERT INTO " + tables.finishedFile + " (archive_id, version_number, file_number, partition_path,"
                        + " location, row_count, byte_count, min_time_micros, max_time_micros, fingerprint,"
                        + " schema_version, last_row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                archiveId,
                manifest.version(),
                number,
                manifest.partition().path(),
                stored.location(),
                stored.rows(),
                stored.bytes(),
                Sql.micros(manifest.minTime()),
                Sql.micros(manifest.maxTime()),
                manifest.digest().fingerprint(),
                manifest.schemaVersion(),
                KeyText.of(file.last().type().columns(), file.last()));
    }

    /**
     * What an attempt goes on with: its own files, and what another one at the same window has beyond them, the one
     * that has come the furthest of those that were given up.
     */
    List<Stored> goneOnWith(Connection connection, long archiveId, long version, TimeRange window) throws SQLException {
        List<Stored> all = read(connection, archiveId, version);
        List<Long> furthest = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT v.version_number FROM " + tables.version + " v JOIN " + tables.finishedFile
                        + " f ON f.archive_id = v.archive_id AND f.version_number = v.version_number"
                        + " WHERE v.archive_id = ? AND v.state = 'ABANDONED' AND v.window_from_micros = ?"
                        + " AND v.window_to_micros = ? AND v.version_number <> ? GROUP BY v.version_number"
                        + " ORDER BY sum(f.row_count) DESC, v.version_number DESC LIMIT 1",
                row -> furthest.add(row.getLong(1)),
                archiveId,
                Sql.micros(window.from()),
                Sql.micros(window.to()),
                version);
        List<Stored> other = furthest.isEmpty() ? List.of() : read(connection, archiveId, furthest.get(0));
        for (int i = 0; i < Math.min(all.size(), other.size()); i++) {
            if (!all.get(i).isSameAs(other.get(i))) {
                return all;
            }
        }
        if (other.size() > all.size()) {
            all.addAll(other.subList(all.size(), other.size()));
        }
        return all;
    }

    private List<Stored> read(Connection connection, long archiveId, long version) throws SQLException {
        List<Stored> files = new ArrayList<>();
        Sql.query(
                connection,
                "SELECT partition_path, location, row_count, byte_count, min_time_micros, max_time_micros, fingerprint,"
                        + " schema_version, last_row FROM " + tables.finishedFile
                        + " WHERE archive_id = ? AND version_number = ? ORDER BY file_number",
                row -> files.add(new Stored(
                        version,
                        row.getString(1),
                        new StoredFile(row.getString(2), row.getLong(3), row.getLong(4)),
                        Sql.instant(row.getLong(5)),
                        Sql.instant(row.getLong(6)),
                        row.getString(7),
                        row.getInt(8),
                        row.getString(9))),
                archiveId,
                version);
        return files;
    }

    /** A file as it was told of. */
    FinishedFile parse(Stored stored, HivePartitionLayout layout) {
        RowType type = FinishedFile.positionType(table, layout);
        @Nullable Object[] values = new @Nullable Object[type.columns().size()];
        KeyText.read(type.columns(), stored.last(), values, 0);
        long rows = stored.file().rows();
        return new FinishedFile(
                new PartitionManifest(
                        HivePartition.parse(layout, stored.path()),
                        stored.version(),
                        List.of(stored.file()),
                        rows,
                        stored.file().bytes(),
                        stored.minTime(),
                        stored.maxTime(),
                        RowDigest.of(rows, stored.fingerprint()),
                        stored.schemaVersion()),
                type.row(values));
    }

    /** Nobody goes on with anything that was copied of a table. */
    void deleteAll(Connection connection, long archiveId) throws SQLException {
        Sql.update(connection, "DELETE FROM " + tables.finishedFile + " WHERE archive_id = ?", archiveId);
    }

    /** Nobody goes on with what was copied as one version. */
    void delete(Connection connection, long archiveId, long version) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM " + tables.finishedFile + " WHERE archive_id = ? AND version_number = ?",
                archiveId,
                version);
    }
}
