package io.github.tieredquery.jdbc;

import static io.github.tieredquery.table.ColumnType.BOOLEAN;
import static io.github.tieredquery.table.ColumnType.DATE;
import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a column's declared type can't hold is refused by row, key and column, and never bent. */
class UnheldValuesTest {

    private static final Table EVENTS = Table.builder("events")
            .time("at")
            .key("id", INT64)
            .column("due", DATE)
            .column("seen", TIMESTAMP)
            .column("stamped", TIMESTAMP)
            .column("flag", BOOLEAN)
            .build();

    private static final TimeRange ALL =
            new TimeRange(Instant.parse("-0005-01-01T00:00:00Z"), Instant.parse("+12000-01-01T00:00:00Z"));

    static Stream<MariaDatabase> drivers() {
        return Stream.of(
                MariaDatabase.get(),
                MariaDatabase.withOptions("useServerPrepStmts=true"),
                MariaDatabase.byMySqlDriver("zeroDateTimeBehavior=CONVERT_TO_NULL"),
                MariaDatabase.byMySqlDriver("zeroDateTimeBehavior=ROUND&useServerPrepStmts=true"));
    }

    private static JdbcSource maria(MariaDatabase database, String values) {
        execute(
                database,
                "SET sql_mode = ''",
                "CREATE OR REPLACE TABLE unheld (at DATETIME(6) NOT NULL, id BIGINT NOT NULL, due DATE,"
                        + " seen DATETIME(3), stamped TIMESTAMP(6) NULL, flag TINYINT(1), PRIMARY KEY (at, id))",
                "INSERT INTO unheld VALUES ('2024-01-01', 1, '2024-01-01', '2024-01-01', '2024-01-01', 1)",
                "INSERT INTO unheld VALUES " + values);
        return JdbcSource.builder(database.jdbi(), EVENTS).table("unheld").build();
    }

    /** In one session, which nobody uses afterwards. */
    private static void execute(MariaDatabase database, String... statements) {
        try (Connection connection = database.newConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void dates_and_times_of_zeros_are_refused_by_row_and_column(MariaDatabase database) {
        String name = "mariadb";
        String row = name + ":unheld, the row [at=2024-03-10T00:00:00.000001Z, id=7]: column ";
        refuses(
                maria(database, "('2024-03-10 00:00:00.000001', 7, '0000-00-00', NULL, NULL, NULL)"),
                row + "`due` holds '0000-00-00', which is no date; correct the row");
        refuses(
                maria(database, "('2024-03-10 00:00:00.000001', 7, '2024-00-10', NULL, NULL, NULL)"),
                row + "`due` holds '2024-00-10', which is no date; correct the row");
        refuses(
                maria(database, "('2024-03-10 00:00:00.000001', 7, NULL, '0000-00-00', NULL, NULL)"),
                row + "`seen` holds '0000-00-00 00:00:00.000', which is no time; correct the row");
        refuses(
                maria(database, "('2024-03-10 00:00:00.000001', 7, NULL, '2024-05-00 12:00:00', NULL, NULL)"),
                row + "`seen` holds '2024-05-00 12:00:00.000', which is no time; correct the row");
        refuses(
                maria(database, "('2024-03-10 00:00:00.000001', 7, NULL, NULL, '0000-00-00', NULL)"),
                row + "`stamped` holds '0000-00-00 00:00:00', which is no time; correct the row");
        refuses(
                maria(database, "('0000-00-00', 7, NULL, NULL, NULL, NULL)"),
                name + ":unheld, the row [at=0000-00-00 00:00:00.000000, id=7]: column `at` holds '0000-00-00"
                        + " 00:00:00.000000', which is no time; correct the row");
        assertThat(database.dataSource().open()).isZero();
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void a_number_that_is_no_truth_value_is_refused_by_row_and_column(MariaDatabase database) {
        JdbcSource source = maria(database, "('2024-03-10', 7, NULL, NULL, NULL, 5)");
        String problem = "column `flag` holds 5, which is neither true (1) nor false (0); correct the row, or declare"
                + " the column as a number";
        refuses(source, "mariadb:unheld, the row [at=2024-03-10T00:00:00Z, id=7]: " + problem);
        assertThatThrownBy(() -> read(source, Scan.of(EVENTS, ALL).rowType(RowType.of(List.of(EVENTS.column("flag"))))))
                .isInstanceOf(BadDataException.class)
                .hasMessage("mariadb:unheld: " + problem);
        assertThatThrownBy(() -> source.aggregate(
                        GroupedScan.of(
                                Scan.of(EVENTS, ALL), Aggregation.by("flag").count()),
                        ScanControl.unlimited()))
                .isInstanceOf(BadDataException.class)
                .hasMessage("mariadb:unheld, a group: " + problem);
    }

    @ParameterizedTest
    @CsvSource({
        "true, tinyInt1isBit=true",
        "true, tinyInt1isBit=false",
        "false, tinyInt1isBit=true",
        "false, tinyInt1isBit=true&transformedBitIsBoolean=true",
        "false, tinyInt1isBit=false&yearIsDateType=false"
    })
    void a_small_number_is_one_or_a_truth_value_as_it_is_declared(boolean mariaDriver, String options) {
        MariaDatabase database =
                mariaDriver ? MariaDatabase.withOptions(options) : MariaDatabase.byMySqlDriver(options);
        JdbcSource truth = maria(database, "('2024-03-10', 7, NULL, NULL, NULL, 0)");
        assertThat(read(truth, Scan.of(EVENTS, ALL)))
                .extracting(row -> row.bool("flag"))
                .containsExactly(true, false);
        execute(database, "UPDATE unheld SET flag = -128 WHERE id = 7");
        Table numbers = Table.builder("numbers")
                .time("at")
                .key("id", INT64)
                .column("flag", INT32)
                .build();
        JdbcSource number =
                JdbcSource.builder(database.jdbi(), numbers).table("unheld").build();
        assertThat(read(number, Scan.of(numbers, ALL)))
                .extracting(row -> row.int32("flag"))
                .containsExactly(1, -128);
    }

    @Test
    void a_connection_that_would_change_texts_is_refused() {
        for (String options : List.of("characterEncoding=ISO-8859-1", "characterSetResults=latin1")) {
            MariaDatabase database = MariaDatabase.byMySqlDriver(options);
            maria(MariaDatabase.get(), "('2024-03-10', 7, NULL, NULL, NULL, 0)");
            assertThatThrownBy(() -> JdbcSource.builder(database.jdbi(), EVENTS)
                            .table("unheld")
                            .build())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "mariadb: the connections have the character set latin1, which has no sign for some texts"
                                    + " and would change them; they need utf8mb4, which they have without characterEncoding"
                                    + " and characterSetResults in the JDBC URL");
        }
        MariaDatabase padding = MariaDatabase.withOptions("sessionVariables=sql_mode='PAD_CHAR_TO_FULL_LENGTH'");
        assertThatThrownBy(() -> JdbcSource.builder(padding.jdbi(), EVENTS)
                        .table("unheld")
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("mariadb: the connections have the sql_mode PAD_CHAR_TO_FULL_LENGTH, by which texts of the"
                        + " type CHAR get spaces that other connections don't see; take it out of theirs");
    }

    @Test
    void infinity_is_refused_by_row_and_column() {
        for (String value : List.of("infinity", "-infinity")) {
            DuckDatabase duck = DuckDatabase.get();
            duck.execute(
                    "CREATE OR REPLACE TABLE endless (\"at\" TIMESTAMP NOT NULL, id BIGINT NOT NULL, due DATE, seen TIMESTAMP,"
                            + " stamped TIMESTAMP WITH TIME ZONE, flag BOOLEAN)");
            for (String column : List.of("due", "seen", "stamped")) {
                duck.execute("DELETE FROM endless");
                duck.execute(
                        "INSERT INTO endless (\"at\", id, " + column + ") VALUES ('2024-03-10', 7, '" + value + "')");
                JdbcSource source =
                        JdbcSource.builder(duck.jdbi(), EVENTS).table("endless").build();
                refuses(
                        source,
                        "duckdb:endless, the row [at=2024-03-10T00:00:00Z, id=7]: column \"" + column + "\" holds "
                                + (column.equals("due")
                                        ? "'" + value + "', which is no date"
                                        : "infinity, which is no time")
                                + "; correct the row");
            }
        }
    }

    private static void refuses(JdbcSource source, String message) {
        assertThatThrownBy(() -> read(source, Scan.of(EVENTS, ALL)))
                .isInstanceOf(BadDataException.class)
                .hasMessage(message);
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
}
