package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes, reads and removes the keys of erased rows. Immutable and thread-safe. */
final class TombstoneTable {

    private static final int ROWS_PER_INSERT = 500;

    private final JournalTables tables;
    private final Table table;

    TombstoneTable(JournalTables tables, Table table) {
        this.tables = tables;
        this.table = table;
    }

    /**
     * One tombstone.
     *
     * @param epoch the epoch that its erasure began
     * @param number tells apart those of one erasure
     * @param key the time and the key of the row
     */
    record Tombstone(long timeMicros, long epoch, int number, Row key) {}

    void insert(Connection connection, long archiveId, long epoch, List<Row> keys) throws SQLException {
        List<Column> keyColumns = table.keyColumns();
        for (int from = 0; from < keys.size(); from += ROWS_PER_INSERT) {
            int to = Math.min(from + ROWS_PER_INSERT, keys.size());
            List<@Nullable Object> values = new ArrayList<>();
            for (int number = from; number < to; number++) {
                Row key = keys.get(number);
                values.addAll(Arrays.asList(
                        archiveId,
                        Sql.micros(Objects.requireNonNull(
                                key.timestamp(table.timeColumn().name()))),
                        epoch,
                        number,
                        KeyText.of(keyColumns, key)));
            }
            Sql.update(
                    connection,
                    "INSERT INTO " + tables.tombstone
                            + " (archive_id, time_micros, erased_epoch, tombstone_number, row_key) VALUES "
                            + String.join(", ", Collections.nCopies(to - from, "(?, ?, ?, ?, ?)")),
                    values.toArray());
        }
    }

    long count(Connection connection, TimeRange range, ScanControl control, String what) throws SQLException {
        long[] number = new long[1];
        Sql.query(
                connection,
                control,
                what,
                "SELECT count(*)" + from() + " AND t.time_micros >= ? AND t.time_micros < ?",
                row -> number[0] = row.getLong(1),
                table.name(),
                Sql.micros(range.from()),
                Sql.micros(range.to()));
        return number[0];
    }

    /**
     * Some tombstones by time; those of one time stand in any order.
     *
     * @param after goes on behind this one, null to start
     */
    List<Tombstone> page(
            Connection connection,
            TimeRange range,
            Order order,
            @Nullable Tombstone after,
            int rows,
            ScanControl control,
            String what)
            throws SQLException {
        boolean oldestFirst = order == Order.OLDEST_FIRST;
        String direction = oldestFirst ? "" : " DESC";
        String past = oldestFirst ? ">" : "<";
        StringBuilder sql = new StringBuilder("SELECT t.time_micros, t.erased_epoch, t.tombstone_number, t.row_key")
                .append(from())
                .append(" AND t.time_micros >= ? AND t.time_micros < ?");
        List<@Nullable Object> values =
                new ArrayList<>(List.of(table.name(), Sql.micros(range.from()), Sql.micros(range.to())));
        if (after != null) {
            // The first condition lets every database start at the right place of the index.
            sql.append(" AND t.time_micros ")
                    .append(past)
                    .append("= ? AND (t.time_micros ")
                    .append(past);
            sql.append(" ? OR t.erased_epoch ").append(past);
            sql.append(" ? OR (t.erased_epoch = ? AND t.tombstone_number ")
                    .append(past)
                    .append(" ?))");
            values.addAll(
                    List.of(after.timeMicros(), after.timeMicros(), after.epoch(), after.epoch(), after.number()));
        }
        sql.append(" ORDER BY t.time_micros").append(direction);
        sql.append(", t.erased_epoch").append(direction);
        sql.append(", t.tombstone_number").append(direction);
        sql.append(" LIMIT ").append(rows);
        List<Tombstone> page = new ArrayList<>();
        Sql.query(
                connection,
                control,
                what,
                sql.toString(),
                row -> page.add(new Tombstone(
                        row.getLong(1), row.getLong(2), row.getInt(3), key(row.getLong(1), row.getString(4)))),
                values.toArray());
        return page;
    }

    private String from() {
        return " FROM " + tables.archive + " a JOIN " + tables.tombstone
                + " t ON t.archive_id = a.archive_id WHERE a.table_name = ?";
    }

    private Row key(long timeMicros, String text) {
        @Nullable Object[] values = new @Nullable Object[1 + table.keyColumns().size()];
        values[0] = Sql.instant(timeMicros);
        KeyText.read(table.keyColumns(), text, values, 1);
        return table.keyType().row(values);
    }

    /** Whether something of a range was erased after an epoch. */
    boolean existsSince(Connection connection, long archiveId, TimeRange range, long epoch) throws SQLException {
        return Sql.queryLong(
                        connection,
                        "SELECT count(*) FROM " + tables.tombstone
                                + " WHERE archive_id = ? AND time_micros >= ? AND time_micros < ? AND erased_epoch > ?",
                        archiveId,
                        Sql.micros(range.from()),
                        Sql.micros(range.to()),
                        epoch)
                > 0;
    }

    /** Removes what a snapshot of an epoch has shown; what was erased since stays. */
    void delete(Connection connection, long archiveId, TimeRange range, long epoch) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM " + tables.tombstone
                        + " WHERE archive_id = ? AND time_micros >= ? AND time_micros < ? AND erased_epoch <= ?",
                archiveId,
                Sql.micros(range.from()),
                Sql.micros(range.to()),
                epoch);
    }
}
