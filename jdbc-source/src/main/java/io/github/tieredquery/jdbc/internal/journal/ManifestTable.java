package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.jdbc.internal.scan.StatementGuard;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads manifests. A window may have tens of thousands. Immutable and thread-safe. */
final class ManifestTable {

    /** So many rows go into one statement; ten parameters each stay far below every database's limit. */
    private static final int ROWS_PER_INSERT = 500;

    private static final int FETCH_SIZE = 1_000;

    private final JournalTables tables;

    ManifestTable(JournalTables tables) {
        this.tables = tables;
    }

    /**
     * Writes the manifests of one version.
     *
     * @param first the number of the first of them, so many were written before
     */
    void insert(Connection connection, long archiveId, int first, List<PartitionManifest> manifests)
            throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<@Nullable Object[]> files = new ArrayList<>();
        int number = first;
        for (PartitionManifest manifest : manifests) {
            rows.add(new @Nullable Object[] {
                archiveId,
                manifest.version(),
                number,
                manifest.partition().path(),
                manifest.rows(),
                manifest.bytes(),
                Sql.micros(manifest.minTime()),
                Sql.micros(manifest.maxTime()),
                manifest.digest().fingerprint(),
                manifest.schemaVersion()
            });
            int fileNumber = 0;
            for (StoredFile file : manifest.files()) {
                files.add(new @Nullable Object[] {
                    archiveId, manifest.version(), number, fileNumber++, file.location(), file.rows(), file.bytes()
                });
            }
            number++;
        }
        insert(
                connection,
                tables.manifest + " (archive_id, version_number, manifest_number, partition_path, row_count,"
                        + " byte_count, min_time_micros, max_time_micros, fingerprint, schema_version)",
                rows);
        insert(
                connection,
                tables.file
                        + " (archive_id, version_number, manifest_number, file_number, location, row_count, byte_count)",
                files);
    }

    /** What the manifests of a version add up to, whether it counts or not. */
    RowDigest sum(Connection connection, long archiveId, long version) throws SQLException {
        RowDigest[] sum = {RowDigest.EMPTY};
        Sql.query(
                connection,
                "SELECT row_count, fingerprint FROM " + tables.manifest
                        + " WHERE archive_id = ? AND version_number = ?",
                row -> sum[0] = sum[0].plus(RowDigest.of(row.getLong(1), row.getString(2))),
                archiveId,
                version);
        return sum[0];
    }

    private static void insert(Connection connection, String into, List<@Nullable Object[]> rows) throws SQLException {
        for (int from = 0; from < rows.size(); from += ROWS_PER_INSERT) {
            List<@Nullable Object[]> chunk = rows.subList(from, Math.min(from + ROWS_PER_INSERT, rows.size()));
            String one = "(" + String.join(", ", Collections.nCopies(chunk.get(0).length, "?")) + ")";
            String all = String.join(", ", Collections.nCopies(chunk.size(), one));
            Sql.update(
                    connection,
                    "INSERT INTO " + into + " VALUES " + all,
                    chunk.stream().flatMap(row -> Arrays.stream(row)).toArray());
        }
    }

    /** The manifests of the versions that are visible in the connection's snapshot, for windows that touch a range. */
    List<PartitionManifest> read(
            Connection connection, String tableName, TimeRange range, HivePartitionLayout layout, ScanControl control)
            throws SQLException {
        String what = "reading manifests of '" + tableName + "'";
        List<PartitionManifest> manifests = new ArrayList<>();
        try (PreparedStatement statement = Sql.prepare(
                connection,
                "SELECT m.version_number, m.manifest_number, m.partition_path, m.row_count, m.byte_count,"
                        + " m.min_time_micros, m.max_time_micros, m.fingerprint, m.schema_version,"
                        + " f.location, f.row_count, f.byte_count FROM " + tables.archive + " a JOIN "
                        + tables.version + " v ON v.archive_id = a.archive_id JOIN " + tables.manifest
                        + " m ON m.archive_id = v.archive_id AND m.version_number = v.version_number LEFT JOIN "
                        + tables.file + " f ON f.archive_id = m.archive_id AND f.version_number = m.version_number"
                        + " AND f.manifest_number = m.manifest_number"
                        + " WHERE a.table_name = ? AND v.excluded_micros IS NULL"
                        + " AND v.window_from_micros < ? AND v.window_to_micros > ?"
                        + " ORDER BY m.version_number, m.manifest_number, f.file_number",
                tableName,
                Sql.micros(range.to()),
                Sql.micros(range.from()))) {
            statement.setFetchSize(FETCH_SIZE);
            try (StatementGuard guard = StatementGuard.of(statement, control, what);
                    ResultSet rows = statement.executeQuery()) {
                Pending pending = null;
                while (rows.next()) {
                    if (pending == null || !pending.isOf(rows)) {
                        control.check(what);
                        if (pending != null) {
                            manifests.add(pending.manifest(layout));
                        }
                        pending = new Pending(rows);
                    }
                    pending.addFile(rows);
                }
                if (pending != null) {
                    manifests.add(pending.manifest(layout));
                }
            }
        }
        return manifests;
    }

    /** What all manifests add up to of the versions that are visible in the connection's snapshot. */
    ArchiveSize size(Connection connection, String tableName, ScanControl control, String what) throws SQLException {
        List<ArchiveSize> sizes = new ArrayList<>(1);
        Sql.query(
                connection,
                control,
                what,
                "SELECT count(*), sum(m.byte_count) FROM " + tables.archive + " a JOIN " + tables.version
                        + " v ON v.archive_id = a.archive_id JOIN " + tables.manifest
                        + " m ON m.archive_id = v.archive_id AND m.version_number = v.version_number"
                        + " WHERE a.table_name = ? AND v.excluded_micros IS NULL AND m.row_count > 0",
                row -> sizes.add(new ArchiveSize(row.getInt(1), row.getLong(2))),
                tableName);
        return sizes.get(0);
    }

    /** A manifest whose files are still coming. */
    private static final class Pending {

        private final long version;
        private final int number;
        private final String path;
        private final long rowCount;
        private final long byteCount;
        private final long minTime;
        private final long maxTime;
        private final String fingerprint;
        private final int schemaVersion;
        private final List<StoredFile> files = new ArrayList<>(1);

        Pending(ResultSet row) throws SQLException {
            version = row.getLong(1);
            number = row.getInt(2);
            path = row.getString(3);
            rowCount = row.getLong(4);
            byteCount = row.getLong(5);
            minTime = row.getLong(6);
            maxTime = row.getLong(7);
            fingerprint = row.getString(8);
            schemaVersion = row.getInt(9);
        }

        boolean isOf(ResultSet row) throws SQLException {
            return version == row.getLong(1) && number == row.getInt(2);
        }

        void addFile(ResultSet row) throws SQLException {
            String location = row.getString(10);
            if (location != null) {
                files.add(new StoredFile(location, row.getLong(11), row.getLong(12)));
            }
        }

        PartitionManifest manifest(HivePartitionLayout layout) {
            return new PartitionManifest(
                    HivePartition.parse(layout, path),
                    version,
                    files,
                    rowCount,
                    byteCount,
                    Sql.instant(minTime),
                    Sql.instant(maxTime),
                    RowDigest.of(rowCount, fingerprint),
                    schemaVersion);
        }
    }
}
