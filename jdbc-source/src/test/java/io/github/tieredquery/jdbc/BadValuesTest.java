package io.github.tieredquery.jdbc;

import static io.github.tieredquery.table.ColumnType.DATE;
import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.TIMESTAMP;
import static io.github.tieredquery.table.ColumnType.decimal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryColdStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that no driver or no column can hold, by row, key and column, and infinity where it stands for something. */
class BadValuesTest {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Instant EARLIEST = Instant.parse("1000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    private static final Query ALL =
            Query.between(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2030-01-01T00:00:00Z"));

    private static final Table COUNTED = Table.builder("counted")
            .time("at")
            .key("id", INT64)
            .column("delay", INT32)
            .build();

    private static final Table LIMITS = Table.builder("limits")
            .time("at")
            .key("id", INT64)
            .column("due", DATE)
            .column("seen", TIMESTAMP)
            .column("stamped", TIMESTAMP)
            .column("price", decimal(10, 2))
            .build();

    private final String name = "bad_values_" + NAMES.incrementAndGet();

    static Stream<TestDatabase> databases() {
        return Stream.of(PostgresDatabase.get(), MariaDatabase.get(), H2Database.get(), DuckDatabase.get());
    }

    private static Archiver archiver(JdbcSource source, MemoryColdStore cold) {
        return Archiver.builder(source, cold)
                .keep(Period.ofDays(1))
                .clock(() -> Instant.parse("2024-11-05T00:00:00Z"))
                .settle(Duration.ZERO)
                .build();
    }

    private static MemoryColdStore cold(Table table) {
        return new MemoryColdStore("cold", table, HivePartitionLayout.daily(ZoneOffset.UTC));
    }

    private static String quoted(TestDatabase database, String column) {
        return database.quote(column);
    }

    /** A column that has become one of texts since the source was built. */
    private JdbcSource withTexts(TestDatabase database) {
        boolean archives = !(database instanceof DuckDatabase);
        database.execute("CREATE TABLE " + quoted(database, name) + " (" + quoted(database, "at") + " "
                + (database instanceof MariaDatabase ? "DATETIME(6)" : "TIMESTAMP") + " NOT NULL, "
                + quoted(database, "id") + " bigint NOT NULL, " + quoted(database, "delay") + " int"
                + (archives ? ", PRIMARY KEY (" + quoted(database, "at") + ", " + quoted(database, "id") + ")" : "")
                + ")");
        JdbcSourceBuilder builder = JdbcSource.builder(database.jdbi(), COUNTED).table(name);
        JdbcSource source = (archives ? builder.journal(name) : builder).build();
        if (archives) {
            archiver(source, cold(COUNTED)).run();
        }
        database.execute("INSERT INTO " + quoted(database, name) + " VALUES ('2024-03-10 12:00:00', 7, 1)");
        database.execute("ALTER TABLE " + quoted(database, name)
                + (database instanceof MariaDatabase
                        ? " MODIFY delay VARCHAR(20)"
                        : " ALTER COLUMN " + quoted(database, "delay")
                                + (database instanceof H2Database ? " SET DATA TYPE" : " TYPE") + " VARCHAR(20)"));
        database.execute("UPDATE " + quoted(database, name) + " SET " + quoted(database, "delay") + " = 'late'");
        return source;
    }

    private static String said(TestDatabase database) {
        return switch (database.getClass().getSimpleName()) {
            case "PostgresDatabase" -> "SQL state 22003";
            case "MariaDatabase" -> "error code 0";
            case "H2Database" -> "SQL state 22018";
            default -> "NumberFormatException";
        };
    }

    @ParameterizedTest
    @MethodSource("databases")
    void what_the_driver_cannot_convert_is_refused_by_row_and_column(TestDatabase database) {
        JdbcSource source = withTexts(database);
        String problem = "column 'delay' holds 'late', which can't be read as INT32 (" + said(database)
                + "); correct the row, or declare the column as the database has it";
        assertThatThrownBy(
                        () -> TieredQuery.builder(COUNTED).hot(source).build().list(ALL))
                .isExactlyInstanceOf(BadDataException.class)
                .hasMessage(source.name() + ", the row [at=2024-03-10T12:00:00Z, id=7]: " + problem);
        assertThat(database.dataSource().open()).isZero();
    }

    /** With the old type, so that an archiver has nothing else to refuse. */
    @ParameterizedTest
    @CsvSource({"infinity", "-infinity"})
    void an_archiver_refuses_it_by_row_and_column_as_well_and_moves_nothing(String value) {
        JdbcSource source = limits(builder -> builder, "due, seen", "'2024-01-01', '" + value + "'");
        MemoryColdStore cold = cold(LIMITS);
        assertThatThrownBy(() -> archiver(source, cold).run())
                .isExactlyInstanceOf(BadDataException.class)
                .hasMessage(source.name() + ", the row [at=2024-03-10T00:00:00Z, id=7]: column \"seen\" holds " + value
                        + ", which is no time; correct the row, or, in other columns than time and key, say with"
                        + " infiniteTimes(…) what it is to be read as");
        assertThat(source.journal().orElseThrow().state().watermark()).isNull();
        assertThat(rowsLeft()).isEqualTo(1);
    }

    private JdbcSource limits(UnaryOperator<JdbcSourceBuilder> infinite, String columns, String values) {
        PostgresDatabase.get()
                .execute("CREATE TABLE " + name + " (at timestamp NOT NULL, id bigint NOT NULL, due date,"
                        + " seen timestamp, stamped timestamptz, price numeric(10, 2), PRIMARY KEY (at, id))");
        put(columns, values, 7);
        JdbcSourceBuilder builder = JdbcSource.builder(PostgresDatabase.get().jdbi(), LIMITS)
                .table(name)
                .journal(name);
        return infinite.apply(builder).build();
    }

    private void put(String columns, String values, long id) {
        PostgresDatabase.get()
                .execute("INSERT INTO " + name + " (at, id, " + columns + ") VALUES ('2024-03-10', " + id + ", "
                        + values + ")");
    }

    private int rowsLeft() {
        return PostgresDatabase.get()
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + name)
                        .mapTo(Integer.class)
                        .one());
    }

    private static List<Row> list(JdbcSource source, Filter filter) {
        return TieredQuery.builder(LIMITS).hot(source).build().list(ALL.where(filter));
    }

    private static List<Long> ids(JdbcSource source, Filter filter) {
        return list(source, filter).stream().map(row -> row.int64("id")).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "due|infinity|holds infinity, which is no date; correct the row, or, in other columns than time and key, say with"
                        + " infiniteTimes(…) what it is to be read as",
                "due|-infinity|holds -infinity, which is no date; correct the row, or, in other columns than time and key, say"
                        + " with infiniteTimes(…) what it is to be read as",
                "stamped|infinity|holds infinity, which is no time; correct the row, or, in other columns than time and key, say"
                        + " with infiniteTimes(…) what it is to be read as",
                "due|0044-03-15 BC|holds a value that table column 'due' can't: DATE holds the years 1 to 9999, not -43; correct"
                        + " the row",
                "due|10000-01-01|holds a value that table column 'due' can't: DATE holds the years 1 to 9999, not 10000; correct"
                        + " the row",
                "seen|0044-03-15 12:00:00 BC|holds a value that table column 'seen' can't: TIMESTAMP holds the years 1 to 9999,"
                        + " not -0043-03-15T12:00:00Z; correct the row",
                "stamped|10000-01-01 00:00:00+00|holds a value that table column 'stamped' can't: TIMESTAMP holds the years 1 to"
                        + " 9999, not +10000-01-01T00:00:00Z; correct the row"
            })
    void postgresqls_dates_and_times_beyond_are_refused_by_row_and_column(String column, String value, String problem) {
        JdbcSource source = limits(builder -> builder, column, "'" + value + "'");
        assertThatThrownBy(() -> list(source, Filter.all()))
                .isExactlyInstanceOf(BadDataException.class)
                .hasMessage(source.name() + ", the row [at=2024-03-10T00:00:00Z, id=7]: column \"" + column + "\" "
                        + problem);
    }

    @Test
    void a_decimal_that_is_no_number_is_refused_by_row_and_column() {
        JdbcSource source = limits(builder -> builder, "price", "'NaN'");
        assertThatThrownBy(() -> list(source, Filter.all()))
                .isExactlyInstanceOf(BadDataException.class)
                .hasMessage(
                        source.name() + ", the row [at=2024-03-10T00:00:00Z, id=7]: column 'price' holds 'NaN', which"
                                + " can't be read as DECIMAL(10,2) (SQL state 22003); correct the row, or declare the column as"
                                + " the database has it");
    }

    @Test
    void the_time_of_a_row_is_never_infinite() {
        JdbcSource source = limits(builder -> builder.infiniteTimes(EARLIEST, LATEST), "due", "'2024-01-01'");
        PostgresDatabase.get().execute("INSERT INTO " + name + " (at, id) VALUES ('infinity', 8)");
        assertThat(ids(source, Filter.all())).containsExactly(7L);
        assertThatThrownBy(() -> TieredQuery.builder(LIMITS)
                        .hot(source)
                        .build()
                        .list(Query.between(Instant.parse("2020-01-01T00:00:00Z"), Instant.MAX)))
                .isExactlyInstanceOf(BadDataException.class)
                .hasMessage(
                        source.name() + ", the row [at=infinity, id=8]: column \"at\" holds infinity, which is no time;"
                                + " correct the row, or, in other columns than time and key, say with infiniteTimes(…) what it is"
                                + " to be read as");
    }

    @Test
    void infinity_is_read_filtered_and_archived_as_what_it_stands_for() {
        JdbcSource source = limits(
                builder -> builder.infiniteTimes(EARLIEST, LATEST),
                "due, seen, stamped",
                "'infinity', 'infinity', 'infinity'");
        put("due, seen, stamped", "'-infinity', '-infinity', '-infinity'", 8);
        put("due, seen, stamped", "'2024-01-01', '2024-01-01', '2024-01-01 00:00:00+00'", 9);
        put("due", "NULL", 10);
        Row latest = list(source, Filter.eq("id", 7L)).get(0);
        assertThat(latest.timestamp("seen")).isEqualTo(LATEST);
        assertThat(latest.timestamp("stamped")).isEqualTo(LATEST);
        assertThat(latest.date("due")).isEqualTo(LocalDate.parse("9999-12-31"));
        Row earliest = list(source, Filter.eq("id", 8L)).get(0);
        assertThat(earliest.timestamp("seen")).isEqualTo(EARLIEST);
        assertThat(earliest.timestamp("stamped")).isEqualTo(EARLIEST);
        assertThat(earliest.date("due")).isEqualTo(LocalDate.parse("1000-01-01"));

        Instant between = Instant.parse("2024-01-01T00:00:00Z");
        List<Instant> values = List.of(
                EARLIEST.minusSeconds(1), EARLIEST, between.minusSeconds(1), between, LATEST, LATEST.plusSeconds(1));
        List<Row> rows = list(source, Filter.all());
        for (Instant value : values) {
            LocalDate day = LocalDate.ofInstant(value, ZoneOffset.UTC);
            for (String column : List.of("due", "seen", "stamped")) {
                Object bound = column.equals("due") ? day : value;
                for (Filter filter : List.of(
                        Filter.eq(column, bound),
                        Filter.ne(column, bound),
                        Filter.lt(column, bound),
                        Filter.le(column, bound),
                        Filter.gt(column, bound),
                        Filter.ge(column, bound),
                        Filter.not(Filter.lt(column, bound)),
                        Filter.in(column, List.of(bound, column.equals("due") ? LocalDate.EPOCH : Instant.EPOCH)),
                        Filter.not(Filter.in(column, List.of(bound))))) {
                    Filter checked = filter.boundTo(LIMITS);
                    assertThat(ids(source, filter))
                            .as(filter.toString())
                            .containsExactlyElementsOf(rows.stream()
                                    .filter(checked::matches)
                                    .map(row -> row.int64("id"))
                                    .toList());
                }
            }
        }

        MemoryColdStore cold = cold(LIMITS);
        archiver(source, cold).run();
        assertThat(rowsLeft()).isZero();
        TieredQuery<Row> archived =
                TieredQuery.builder(LIMITS).hot(source).cold(cold).build();
        assertThat(archived.list(ALL)).isEqualTo(rows);
    }

    @ParameterizedTest
    @CsvSource({
        "9999-12-31, before 9999-12-31T00:00:00Z, 'infinity', 9999-12-31T00:00:00Z",
        "0900-01-01, after 1000-01-01T00:00:00Z, '-infinity', 0900-01-01T00:00:00Z"
    })
    void a_value_that_could_be_taken_for_infinity_is_refused_by_row(
            String value, String bound, String infinity, String shown) {
        JdbcSource source = limits(builder -> builder.infiniteTimes(EARLIEST, LATEST), "seen", "'" + value + "'");
        assertThatThrownBy(() -> list(source, Filter.all()))
                .isExactlyInstanceOf(BadDataException.class)
                .hasMessage(source.name() + ", the row [at=2024-03-10T00:00:00Z, id=7]: column \"seen\" holds " + shown
                        + ", which isn't " + bound + ", which " + infinity
                        + " is read as; correct the row, or choose another with infiniteTimes(…)");
    }

    @Test
    void databases_without_infinity_have_nothing_to_map() {
        for (TestDatabase database : List.of(MariaDatabase.get(), H2Database.get(), DuckDatabase.get())) {
            String table = database.createTable(COUNTED, List.of());
            JdbcSourceBuilder builder =
                    JdbcSource.builder(database.jdbi(), COUNTED).table(table).infiniteTimes(EARLIEST, LATEST);
            String dialect =
                    database instanceof MariaDatabase ? "mariadb" : database instanceof H2Database ? "h2" : "duckdb";
            assertThatThrownBy(builder::build)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("table 'counted': infiniteTimes(…) is for PostgreSQL; in " + dialect
                            + " no time is infinite, or one that is can't be told from others. Leave it out");
        }
        assertThatThrownBy(() -> JdbcSource.builder(H2Database.get().jdbi(), COUNTED)
                        .infiniteTimes(LATEST, LATEST.plusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "-infinity is to be read as 9999-12-31T00:00:00Z and infinity as 9999-12-31T00:00:01Z, which"
                                + " isn't on a later day");
    }
}
