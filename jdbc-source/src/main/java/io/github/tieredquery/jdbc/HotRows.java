package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.jdbc.sql.PhysicalTable;
import io.github.tieredquery.jdbc.sql.SqlText;
import io.github.tieredquery.jdbc.sql.StatementGuard;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The hot table's rows as the archiver and the snapshot need them. Immutable and thread-safe. */
final class HotRows {

    private final PhysicalTable physical;
    private final JournalDialect dialect;

    HotRows(PhysicalTable physical, JournalDialect dialect) {
        this.physical = physical;
        this.dialect = dialect;
    }

    /**
     * Fails if the database would lock the whole table to read one window.
     *
     * @throws ConfigurationException if the time column isn't the first one of an index
     */
    void checkTimeIndex() {
        String time = physical.table().timeColumn().name();
        if (dialect.needsTimeIndex() && !physical.hasIndexOn(time)) {
            throw new ConfigurationException(physical.name() + ": no index starts with the time column "
                    + physical.columnSql(time) + ", so archiving a window would lock the whole table; create one");
        }
    }

    /** Whether there is any row in a range. */
    boolean any(Connection connection, TimeRange range, ScanControl control, String what) throws SQLException {
        Scan scan = Scan.of(physical.table(), range);
        if (physical.isEmpty(scan)) {
            return false;
        }
        SqlText sql = new SqlText().add("SELECT 1 FROM " + physical.from());
        physical.where(sql, scan);
        sql.add(" LIMIT 1");
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            sql.bind(statement);
            try (StatementGuard guard = StatementGuard.of(statement, control, what);
                    ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Reads a window as the DELETE of the same transaction will see it. Holds one fetch of rows at a time. */
    RowDigest digest(Connection connection, TimeRange window) throws SQLException {
        Scan scan = Scan.of(physical.table(), window);
        RowDigest.Builder digest = new RowDigest.Builder(physical.table().rowType());
        if (physical.isEmpty(scan)) {
            return digest.build();
        }
        try (RowCursor rows =
                physical.openUnordered(connection, scan, dialect.rereadSuffix(), ScanControl.unlimited(), () -> {})) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                digest.add(row);
            }
            return digest.build();
        } catch (SourceUnavailableException e) {
            // The transaction has to see what the driver said: it may be a reason to try again.
            throw e.getCause() instanceof SQLException driver ? driver : new SQLException(e);
        }
    }

    /** Deletes the row with a time and key and says how many there were. */
    long delete(Connection connection, Row key) throws SQLException {
        Table table = physical.table();
        Instant time = Objects.requireNonNull(key.timestamp(table.timeColumn().name()));
        List<Filter> equal = new ArrayList<>();
        for (Column column : table.keyColumns()) {
            equal.add(Filter.eq(column.name(), Objects.requireNonNull(key.value(column.name()))));
        }
        Filter filter = Filter.and(equal.toArray(Filter[]::new)).boundTo(table);
        TimeRange moment = new TimeRange(time, time.plus(1, ChronoUnit.MICROS));
        return delete(connection, Scan.of(table, moment).filter(filter));
    }

    /** Deletes a window's rows and says how many there were. */
    long delete(Connection connection, TimeRange window) throws SQLException {
        return delete(connection, Scan.of(physical.table(), window));
    }

    private long delete(Connection connection, Scan scan) throws SQLException {
        if (physical.isEmpty(scan)) {
            return 0;
        }
        SqlText sql = new SqlText().add("DELETE FROM " + physical.from());
        physical.where(sql, scan);
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            sql.bind(statement);
            return statement.executeLargeUpdate();
        }
    }
}
