package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ContractRows.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ArchiveSteps;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the database itself says of the statements that readers and erasers send: each finds its rows by an index. */
class IndexUseTest {

    private static final int ROWS = 20_000;
    private static final Pattern REMOVED = Pattern.compile("Rows Removed by Filter: ([0-9.]+)");
    private static final Pattern READ = Pattern.compile("\\br_rows=([0-9.]+)");
    private static final Table TICKS = Table.builder("ticks")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("day", ColumnType.DATE)
            .column("note", ColumnType.STRING)
            .build();
    private static final TimeRange ALL =
            new TimeRange(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2030-01-01T00:00:00Z"));
    private static final TimeRange HOUR =
            new TimeRange(Instant.parse("2024-01-05T10:00:00Z"), Instant.parse("2024-01-05T11:00:00Z"));
    private static final TimeRange BEFORE =
            new TimeRange(TimeRange.SUPPORTED.from(), Instant.parse("2024-01-01T01:00:00Z"));

    static Stream<Arguments> columns() {
        return Stream.of(
                Arguments.of(PostgresDatabase.get(), "timestamptz(6)"),
                Arguments.of(PostgresDatabase.get(), "timestamp(6)"),
                Arguments.of(MariaDatabase.get(), "datetime(6)"),
                Arguments.of(MariaDatabase.get(), "datetime"),
                Arguments.of(MariaDatabase.get(), "timestamp(6)"),
                Arguments.of(MariaDatabase.byMySqlDriver(""), "datetime(6)"),
                Arguments.of(MariaDatabase.byMySqlDriver(""), "timestamp(6)"));
    }

    /** A row each minute from 2024 on. */
    private static String createTable(TestServer database, String type) {
        boolean postgres = database instanceof PostgresDatabase;
        String name = "ticks_" + type.replaceAll("\\W", "_");
        database.execute("DROP TABLE IF EXISTS " + name);
        database.execute("CREATE TABLE " + name + " (at " + type + " NOT NULL, id bigint NOT NULL, day date, note text,"
                + " PRIMARY KEY (at, id))");
        database.execute("CREATE INDEX day_of_" + name + " ON " + name + " (day)");
        database.execute("INSERT INTO " + name
                + (postgres
                        ? " SELECT TIMESTAMP '2024-01-01 00:00:00' + n * INTERVAL '1 minute', n,"
                                + " DATE '2024-01-01' + n / 100, repeat('x', 200) FROM generate_series(1, " + ROWS
                                + ") n"
                        : " SELECT "
                                + (type.startsWith("timestamp")
                                        ? "FROM_UNIXTIME(1704067200 + 60 * seq)"
                                        : "TIMESTAMP '2024-01-01 00:00:00' + INTERVAL seq MINUTE")
                                + ", seq,"
                                + " DATE '2024-01-01' + INTERVAL (seq DIV 100) DAY, repeat('x', 200) FROM seq_1_to_"
                                + ROWS));
        database.execute((postgres ? "ANALYZE " : "ANALYZE TABLE ") + name);
        return name;
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("columns")
    void each_statement_finds_its_rows_by_an_index(TestServer database, String type) {
        String table = createTable(database, type);
        Map<String, String> plans = new TreeMap<>();
        JdbcSource source = JdbcSource.builder(
                        Jdbi.create(() -> explaining(database.dataSource().getConnection(), table, plans)), TICKS)
                .table(table)
                .journal("index_use")
                .build();
        List<Scan> scans = List.of(
                Scan.of(TICKS, HOUR),
                Scan.of(TICKS, HOUR).order(Order.NEWEST_FIRST),
                Scan.of(TICKS, BEFORE),
                Scan.of(TICKS, ALL).startAfter(RowPosition.of(TICKS, tick(19_900))),
                Scan.of(TICKS, ALL).order(Order.NEWEST_FIRST).startAfter(RowPosition.of(TICKS, tick(100))),
                Scan.of(TICKS, ALL).filter(Filter.eq("at", tickTime(10)).boundTo(TICKS)),
                Scan.of(TICKS, ALL)
                        .filter(Filter.in("at", List.of(tickTime(10), tickTime(99)))
                                .boundTo(TICKS)),
                Scan.of(TICKS, ALL)
                        .filter(Filter.eq("day", LocalDate.parse("2024-02-01")).boundTo(TICKS)),
                Scan.of(TICKS, ALL)
                        .filter(Filter.ge("day", LocalDate.parse("2024-07-18")).boundTo(TICKS)));
        for (Scan scan : scans) {
            int rows = ArchiveSteps.rows(source.open(scan, ScanControl.unlimited()))
                    .size();
            assertThat(rows).as(scan.toString()).isBetween(1, 300);
        }
        source.count(Scan.of(TICKS, HOUR), ScanControl.unlimited());
        ArchiveSteps.prepared(source);
        assertThat(Eraser.of(source).erase(List.of(tick(5), tick(6))).hotRows()).isEqualTo(2);

        assertThat(plans).hasSizeGreaterThanOrEqualTo(10);
        boolean postgres = database instanceof PostgresDatabase;
        plans.forEach((sql, plan) -> assertThat(plan).as(sql).matches(rows -> usesIndex(rows, postgres)));
    }

    /** Not the whole index either, from which other rows are left out. */
    private static boolean usesIndex(String plan, boolean postgres) {
        boolean used = postgres
                ? plan.contains("Index Cond: ") && !plan.contains("Seq Scan")
                : plan.matches("(?s).*\\btype=(range|ref|const)\\b.*");
        Matcher read = (postgres ? REMOVED : READ).matcher(plan);
        return used && (!read.find() || Double.parseDouble(read.group(1)) <= 300);
    }

    private static Instant tickTime(int number) {
        return Instant.parse("2024-01-01T00:00:00Z").plusSeconds(60L * number);
    }

    private static Row tick(int number) {
        return row(TICKS.rowType(), tickTime(number), (long) number, LocalDate.parse("2024-01-01"), "");
    }

    /** Asks for the plan of each statement on the table with the values that it is run with. */
    private static Connection explaining(Connection connection, String table, Map<String, String> plans) {
        return (Connection) Proxy.newProxyInstance(
                IndexUseTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object result = invoke(connection, method, arguments);
                    boolean onTable = result instanceof PreparedStatement
                            && ((String) arguments[0])
                                    .matches("(?s)(SELECT|DELETE).* FROM \\W?" + table + "\\W.*WHERE .*");
                    return onTable
                            ? explaining((PreparedStatement) result, connection, (String) arguments[0], plans)
                            : result;
                });
    }

    private static PreparedStatement explaining(
            PreparedStatement statement, Connection connection, String sql, Map<String, String> plans) {
        List<Map.Entry<Method, Object[]>> values = new ArrayList<>();
        return (PreparedStatement) Proxy.newProxyInstance(
                IndexUseTest.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> {
                    if (method.getName().startsWith("set") && arguments.length > 1) {
                        values.add(Map.entry(method, arguments));
                    } else if (method.getName().startsWith("execute")) {
                        try (PreparedStatement explain = connection.prepareStatement(plan(connection, sql))) {
                            for (Map.Entry<Method, Object[]> value : values) {
                                invoke(explain, value.getKey(), value.getValue());
                            }
                            plans.put(sql, text(explain));
                        }
                    }
                    return invoke(statement, method, arguments);
                });
    }

    /** The plan of what changes nothing is that of a run. */
    private static String plan(Connection connection, String sql) throws SQLException {
        boolean postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
        String ran = postgres ? "EXPLAIN (ANALYZE, TIMING OFF) " : "ANALYZE ";
        return (sql.startsWith("SELECT") ? ran : "EXPLAIN ") + sql;
    }

    private static String text(PreparedStatement explain) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (ResultSet rows = explain.executeQuery()) {
            ResultSetMetaData columns = rows.getMetaData();
            while (rows.next()) {
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    text.append(columns.getColumnLabel(i))
                            .append('=')
                            .append(rows.getString(i))
                            .append(' ');
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
