package io.github.tieredquery.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Columns of MariaDB that hold instants, in sessions whose clock goes back: an index finds the rows by local times, of
 * which a later one may be less.
 */
class RepeatedHoursTest {

    private static final Table TIMES = Table.builder("times")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("seen", ColumnType.TIMESTAMP)
            .build();

    private static final TimeRange ALL =
            new TimeRange(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-01-01T00:00:00Z"));

    private static final int STEP_MINUTES = 10;

    private static JdbcSource source(String zone, String table) {
        return JdbcSource.builder(
                        MariaDatabase.withOptions("sessionVariables=time_zone='" + zone + "'")
                                .jdbi(),
                        TIMES)
                .table(table)
                .build();
    }

    private static String create(Instant from, Instant to) {
        MariaDatabase maria = MariaDatabase.get();
        String name = "times_" + from.getEpochSecond();
        maria.execute("CREATE TABLE " + name + " (at TIMESTAMP(6) NOT NULL, id BIGINT NOT NULL, seen TIMESTAMP(6) NULL,"
                + " PRIMARY KEY (at, id), KEY seen_index (seen))");
        maria.insert(
                name,
                TIMES,
                instants(from, to, STEP_MINUTES).stream()
                        .map(at -> row(at, at.getEpochSecond()))
                        .toList());
        return name;
    }

    private static Row row(Instant at, long id) {
        return TIMES.rowType().row(new Object[] {at, id, at});
    }

    private static List<Instant> instants(Instant from, Instant to, long minutes) {
        return LongStream.rangeClosed(0, Duration.between(from, to).toMinutes() / minutes)
                .mapToObj(step -> from.plus(step * minutes, ChronoUnit.MINUTES))
                .toList();
    }

    private static List<Row> read(JdbcSource source, Scan scan) {
        List<Row> rows = new ArrayList<>();
        try (RowCursor cursor = source.open(scan, ScanControl.unlimited())) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<Filter> filters(String column, Instant bound) {
        return List.of(
                Filter.ge(column, bound),
                Filter.gt(column, bound),
                Filter.le(column, bound),
                Filter.lt(column, bound),
                Filter.eq(column, bound),
                Filter.ne(column, bound),
                Filter.in(column, List.of(bound, bound.plus(40, ChronoUnit.MINUTES))));
    }

    /** The day on which each clock goes back, around the hours that it repeats. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2024-10-26T23:30:00Z, 2024-10-27T02:30:00Z",
        "America/New_York, 2024-11-03T04:30:00Z, 2024-11-03T07:30:00Z",
        "Australia/Lord_Howe, 2024-04-06T13:30:00Z, 2024-04-06T16:30:00Z",
        "Antarctica/Vostok, 1994-01-31T09:00:00Z, 1994-02-01T01:00:00Z"
    })
    void rows_of_repeated_hours_are_found_by_every_bound(String zone, Instant from, Instant to) {
        List<Instant> times = instants(from.minus(2, ChronoUnit.HOURS), to.plus(2, ChronoUnit.HOURS), STEP_MINUTES);
        List<Row> rows = times.stream().map(at -> row(at, at.getEpochSecond())).toList();
        List<String> wrong = new ArrayList<>();
        try (JdbcSource source = source(zone, create(times.get(0), times.get(times.size() - 1)))) {
            for (Instant bound : instants(from, to, 15)) {
                List<Scan> scans = new ArrayList<>();
                for (String column : List.of("at", "seen")) {
                    filters(column, bound)
                            .forEach(filter -> scans.add(Scan.of(TIMES, ALL).filter(filter.boundTo(TIMES))));
                }
                scans.add(Scan.of(TIMES, new TimeRange(bound, bound.plus(45, ChronoUnit.MINUTES))));
                scans.add(Scan.of(TIMES, new TimeRange(bound.minus(45, ChronoUnit.MINUTES), bound)));
                RowPosition position = RowPosition.of(TIMES, row(bound, bound.getEpochSecond()));
                for (Order order : Order.values()) {
                    scans.add(Scan.of(TIMES, ALL).order(order).startAfter(position));
                }
                for (Scan scan : scans) {
                    List<Row> expected = rows.stream()
                            .filter(row -> scan.range().contains(Objects.requireNonNull(row.timestamp("at"))))
                            .filter(row -> scan.condition().matches(row))
                            .sorted(
                                    scan.order() == Order.NEWEST_FIRST
                                            ? TIMES.rowOrder(TIMES.rowType()).reversed()
                                            : TIMES.rowOrder(TIMES.rowType()))
                            .toList();
                    List<Row> found = read(source, scan);
                    if (!found.equals(expected)) {
                        wrong.add(scan + ": " + found.size() + " rows, not " + expected.size());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The index's own range is as wide as the condition, but near a change of the clock. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2024-10-27T00:30:00Z",
        "Europe/Berlin, 2024-07-15T00:30:00Z",
        "+00:00, 2024-07-15T00:30:00Z"
    })
    void an_index_serves_whatever_the_sessions_clock_does(String zone, Instant bound) throws SQLException {
        MariaDatabase maria = MariaDatabase.withOptions("sessionVariables=time_zone='" + zone + "'");
        String name = "indexed_" + zone.replaceAll("\\W", "_") + bound.getEpochSecond();
        maria.execute("CREATE TABLE " + name + " (at TIMESTAMP(6) NOT NULL, id BIGINT NOT NULL, seen TIMESTAMP(6) NULL,"
                + " PRIMARY KEY (at, id), KEY seen_index (seen))");
        maria.execute("INSERT INTO " + name + " SELECT FROM_UNIXTIME(1700000000 + seq * 3600), seq,"
                + " FROM_UNIXTIME(1700000000 + seq * 3600) FROM seq_1_to_20000");
        maria.execute("ANALYZE TABLE " + name);
        try (JdbcSource source = source(zone, name)) {
            assertThat(access(maria, source, Filter.eq("seen", bound), bound)).isEqualTo("range seen_index");
            assertThat(access(maria, source, Filter.eq("at", bound), bound)).isEqualTo("range PRIMARY");
        }
    }

    private static String access(MariaDatabase maria, JdbcSource source, Filter filter, Instant bound)
            throws SQLException {
        String statement = source.explain(Scan.of(TIMES, ALL).filter(filter.boundTo(TIMES)))
                .statement();
        try (Connection connection = maria.newConnection();
                PreparedStatement explain = connection.prepareStatement("EXPLAIN " + statement)) {
            for (int i = 1; i <= statement.chars().filter(c -> c == '?').count(); i++) {
                explain.setBigDecimal(i, BigDecimal.valueOf(bound.getEpochSecond()));
            }
            try (ResultSet plan = explain.executeQuery()) {
                plan.next();
                assertThat(plan.getLong("rows")).isLessThan(100);
                return plan.getString("type") + " " + plan.getString("key");
            }
        }
    }

    /** What the width of the index's range relies on. */
    @Test
    void no_clock_goes_back_by_more_than_seven_hours_or_changes_twice_within_sixteen() {
        Instant first = Instant.parse("1970-01-01T00:00:00Z");
        Instant last = Instant.parse("2039-01-01T00:00:00Z");
        List<String> wrong = new ArrayList<>();
        for (String zone : ZoneId.getAvailableZoneIds()) {
            ZoneRules rules = ZoneId.of(zone).getRules();
            ZoneOffsetTransition change = rules.nextTransition(first);
            Instant before = Instant.MIN;
            while (change != null && change.getInstant().isBefore(last)) {
                if (change.getDuration().compareTo(Duration.ofHours(-7)) < 0
                        || change.getInstant().minus(16, ChronoUnit.HOURS).isBefore(before)) {
                    wrong.add(zone + ": " + change);
                }
                before = change.getInstant();
                change = rules.nextTransition(before);
            }
        }
        assertThat(wrong).isEmpty();
    }
}
