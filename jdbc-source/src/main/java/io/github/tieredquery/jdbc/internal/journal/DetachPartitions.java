package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.dialect.SqlText;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Empties a window of a PostgreSQL table that is partitioned by time: its partitions are detached and dropped, which
 * leaves no dead rows behind. The table is locked first, against readers too: so nobody's snapshot is from before the
 * DETACH, which isn't snapshot-safe, and nobody writes between the comparison and the DROP. Immutable and thread-safe.
 */
final class DetachPartitions {

    /** Readers that come meanwhile wait behind the lock that is waited for. */
    private static final String LOCK_TIMEOUT = "2s";

    private static final Pattern BOUNDS = Pattern.compile("FOR VALUES FROM \\((.+)\\) TO \\((.+)\\)");
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    private final PhysicalTable physical;
    private final String time;

    DetachPartitions(PhysicalTable physical) {
        this.physical = physical;
        this.time = physical.table().timeColumn().name();
    }

    /** Why the table's partitions can't be detached, for messages; empty if they can. */
    Optional<String> unfit(Connection connection) throws SQLException {
        List<String> reasons = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT p.partstrat, p.partnatts, quote_ident(a.attname), pg_catalog.pg_has_role(c.relowner, 'USAGE')"
                        + " FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_partitioned_table p"
                        + " ON p.partrelid = c.oid LEFT JOIN pg_catalog.pg_attribute a"
                        + " ON a.attrelid = c.oid AND a.attnum = p.partattrs[0] WHERE c.oid = to_regclass(?)",
                row -> {
                    String column = row.getString(3);
                    if (row.getString(1) == null) {
                        reasons.add("it isn't partitioned; leave detachPartitions() out");
                    } else if (!row.getString(1).equals("r")
                            || row.getInt(2) != 1
                            || column == null
                            || !isTime(column)) {
                        reasons.add("it isn't partitioned by RANGE (" + physical.columnSql(time)
                                + "), so no partition is a stretch of time; leave detachPartitions() out");
                    } else if (!row.getBoolean(4)) {
                        reasons.add("detachPartitions() needs the role that owns it, since only that may detach and"
                                + " drop partitions");
                    }
                },
                physical.from());
        return reasons.stream().findFirst();
    }

    /** Quotes may be left out where they change nothing. */
    private boolean isTime(String quoted) {
        String expected = physical.columnSql(time);
        return quoted.equals(expected) || ('"' + quoted + '"').equals(expected);
    }

    /** Locks the table with its partitions, or fails with SQL state 55P03 if somebody reads it for too long. */
    void lock(Connection connection) throws SQLException {
        Sql.execute(connection, "SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
        Sql.execute(connection, "LOCK TABLE " + physical.from() + " IN ACCESS EXCLUSIVE MODE");
    }

    static boolean isLockTimeout(SQLException e) {
        return JournalDialect.hasState(e, "55P03");
    }

    /** What of a window can be dropped. */
    record Found(List<String> within, List<String> reachingBeyond) {}

    /**
     * Looks for the partitions of a window. The DEFAULT partition holds no row of any other, and is never dropped.
     *
     * @return the quoted names of partitions that lie within the window, and of those that reach into it from beyond
     */
    Found find(Connection connection, TimeRange window) throws SQLException {
        List<String[]> partitions = new ArrayList<>();
        Sql.query(
                connection,
                "SELECT CAST(CAST(c.oid AS regclass) AS text), pg_catalog.pg_get_expr(c.relpartbound, c.oid),"
                        + " pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_inherits i"
                        + " JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid"
                        + " JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = i.inhparent"
                        + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.inhparent AND a.attnum = p.partattrs[0]"
                        + " WHERE i.inhparent = to_regclass(?) ORDER BY 1",
                row -> partitions.add(new String[] {row.getString(1), row.getString(2), row.getString(3)}),
                physical.from());
        List<String> within = new ArrayList<>();
        List<String> beyond = new ArrayList<>();
        for (String[] partition : partitions) {
            Matcher bounds = BOUNDS.matcher(partition[1]);
            if (!bounds.matches()) {
                continue;
            }
            Instant afterFrom = window.from().plus(1, ChronoUnit.MICROS);
            Instant afterTo = window.to().plus(1, ChronoUnit.MICROS);
            String type = partition[2];
            boolean touches = isBefore(connection, bounds.group(1), type, window.to())
                    && !isBefore(connection, bounds.group(2), type, afterFrom);
            if (touches) {
                boolean contained = !isBefore(connection, bounds.group(1), type, window.from())
                        && isBefore(connection, bounds.group(2), type, afterTo);
                (contained ? within : beyond).add(partition[0]);
            }
        }
        return new Found(within, beyond);
    }

    /** Whether a bound, as the database prints it, lies before an instant. The database compares, as it does rows. */
    private boolean isBefore(Connection connection, String bound, String type, Instant instant) throws SQLException {
        if (bound.equals("MINVALUE") || bound.equals("MAXVALUE")) {
            return bound.equals("MINVALUE");
        }
        SqlText sql = new SqlText()
                .add("SELECT 1 FROM (SELECT CAST(" + bound + " AS " + type + ") AS " + physical.columnSql(time)
                        + ") AS bound");
        physical.where(sql, Scan.of(physical.table(), new TimeRange(FIRST, instant)));
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            sql.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /**
     * Detaches and drops partitions.
     *
     * @return how many rows they had
     */
    long drop(Connection connection, List<String> partitions) throws SQLException {
        long rows = 0;
        for (String partition : partitions) {
            Sql.execute(connection, "ALTER TABLE " + physical.from() + " DETACH PARTITION " + partition);
            rows += Sql.queryLong(connection, "SELECT count(*) FROM " + partition);
            dropTable(connection, partition);
        }
        return rows;
    }

    private void dropTable(Connection connection, String partition) throws SQLException {
        try {
            Sql.execute(connection, "DROP TABLE " + partition);
        } catch (SQLException e) {
            if (JournalDialect.hasState(e, "2BP01")) {
                throw new ConfigurationException(
                        physical.name() + ": the partition " + partition
                                + " can't be dropped, since a view or a foreign"
                                + " key is of the partition itself (SQL state 2BP01); make it one of the whole table, or"
                                + " leave detachPartitions() out. Nothing was changed",
                        e);
            }
            throw e;
        }
    }
}
