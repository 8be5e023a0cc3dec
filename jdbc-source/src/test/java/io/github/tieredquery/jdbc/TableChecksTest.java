package io.github.tieredquery.jdbc;

import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;
import static io.github.tieredquery.table.ColumnType.decimal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is refused when a source is built, with whole messages. */
class TableChecksTest {

    private static final AtomicInteger TABLES = new AtomicInteger();

    private static final Table EVENTS = Table.builder("events")
            .time("at")
            .key("id", STRING)
            .column("delay", INT32)
            .build();

    private static final Table NUMBERED = Table.builder("events")
            .time("at")
            .key("id", INT64)
            .column("price", decimal(10, 2))
            .build();

    private final TestDatabase postgres = PostgresDatabase.get();
    private final TestDatabase h2 = H2Database.get();
    private final TestDatabase duck = DuckDatabase.get();

    @Test
    void a_table_that_is_not_there() {
        assertThatThrownBy(() -> JdbcSource.builder(postgres.jdbi(), EVENTS)
                        .table("public", "nowhere")
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("postgresql:public.nowhere can't be read (SQL state 42P01): name the table with table(…) as"
                        + " the database spells it, and let the user select from it");
    }

    @Test
    void a_column_that_is_not_there() {
        String name = create(postgres, "at timestamptz NOT NULL, id text NOT NULL, delay_min int");
        assertRefused(
                postgres,
                EVENTS,
                name,
                "postgresql:" + name + " has no column 'delay' for column 'delay' of table 'events'; it has [at, id,"
                        + " delay_min]. Map another name with column(…)");
        assertThatCode(() -> JdbcSource.builder(postgres.jdbi(), EVENTS)
                        .table(name)
                        .column("delay", "delay_min")
                        .build())
                .doesNotThrowAnyException();
    }

    @Test
    void a_time_column_says_how_fine_its_times_are() {
        assertThat(timeUnit(postgres, "timestamptz")).isEqualTo(Duration.ofNanos(1_000));
        assertThat(timeUnit(postgres, "timestamp(3)")).isEqualTo(Duration.ofMillis(1));
        assertThat(timeUnit(postgres, "timestamptz(0)")).isEqualTo(Duration.ofSeconds(1));
        assertThat(timeUnit(duck, "timestamp")).isEqualTo(Duration.ofNanos(1_000));
        assertThat(timeUnit(duck, "timestamp_ms")).isEqualTo(Duration.ofMillis(1));
        assertThat(timeUnit(duck, "timestamp_s")).isEqualTo(Duration.ofSeconds(1));
        assertThat(timeUnit(h2, "timestamp(2)")).isEqualTo(Duration.ofMillis(10));
    }

    private static Duration timeUnit(TestDatabase database, String type) {
        String name = create(database, "\"at\" " + type + " NOT NULL, id bigint NOT NULL, price decimal(10, 2)");
        try (JdbcSource source =
                JdbcSource.builder(database.jdbi(), NUMBERED).table(name).build()) {
            return source.timeUnit(NUMBERED.timeColumn());
        }
    }

    @Test
    void a_mapped_name_is_taken_to_the_letter_and_another_one_in_any_case() {
        String name = create(h2, "AT TIMESTAMP(6) NOT NULL, ID VARCHAR NOT NULL, DELAY INTEGER");
        assertThat(JdbcSource.builder(h2.jdbi(), EVENTS).table(name).build().name())
                .isEqualTo("h2:" + name);
        assertThatThrownBy(() -> JdbcSource.builder(h2.jdbi(), EVENTS)
                        .table(name)
                        .column("delay", "Delay")
                        .build())
                .hasMessage(
                        "h2:" + name + " has no column 'Delay' for column 'delay' of table 'events'; it has [AT, ID,"
                                + " DELAY]. Map another name with column(…)");
    }

    @Test
    void a_column_of_another_type() {
        String name = create(postgres, "at timestamptz NOT NULL, id text NOT NULL, delay bigint");
        assertRefused(
                postgres,
                EVENTS,
                name,
                "postgresql:" + name
                        + ", column 'delay' (column 'delay' of table 'events') is int8, which isn't read as"
                        + " INT32");
    }

    @Test
    void a_column_that_is_both_declared_and_excluded() {
        String name = create(postgres, "at timestamptz NOT NULL, id text NOT NULL, delay_min int");
        assertThatThrownBy(() -> JdbcSource.builder(postgres.jdbi(), EVENTS)
                        .table(name)
                        .column("delay", "delay_min")
                        .excludedColumns("delay_min")
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("postgresql:" + name + ", column 'delay_min' (column 'delay' of table 'events') is named in"
                        + " excludedColumns(…), but the table has it");
    }

    @Test
    void a_decimal_that_can_be_too_long() {
        String name = create(postgres, "at timestamptz NOT NULL, id bigint NOT NULL, price numeric(12, 2)");
        assertRefused(
                postgres,
                NUMBERED,
                name,
                "postgresql:" + name
                        + ", column 'price' (column 'price' of table 'events') is numeric(12,2), which holds"
                        + " values that DECIMAL(10,2) can't");
        String unbounded = create(postgres, "at timestamptz NOT NULL, id bigint NOT NULL, price numeric");
        assertRefused(
                postgres,
                NUMBERED,
                unbounded,
                "postgresql:" + unbounded + ", column 'price' (column 'price' of table 'events') is numeric(0,0), which"
                        + " holds values that DECIMAL(10,2) can't");
        String fitting = create(postgres, "at timestamptz NOT NULL, id bigint NOT NULL, price numeric(9, 1)");
        assertThatCode(() -> JdbcSource.builder(postgres.jdbi(), NUMBERED)
                        .table(fitting)
                        .build())
                .doesNotThrowAnyException();
    }

    @Test
    void a_time_or_key_that_can_be_null() {
        String name = create(postgres, "at timestamptz NOT NULL, id text, delay int");
        assertRefused(
                postgres,
                EVENTS,
                name,
                "postgresql:" + name + ", column 'id' (column 'id' of table 'events') can be NULL, which time and key"
                        + " columns can't: declare it NOT NULL");
        String inDuck = create(duck, "\"at\" timestamp, id varchar not null, delay int");
        assertRefused(
                duck,
                EVENTS,
                inDuck,
                "duckdb:" + inDuck + ", column 'at' (column 'at' of table 'events') can be NULL, which time and key"
                        + " columns can't: declare it NOT NULL");
    }

    @Test
    void a_key_that_ignores_case_or_spaces() {
        postgres.execute("CREATE COLLATION IF NOT EXISTS loose (provider = icu, locale = 'und-u-ks-level2',"
                + " deterministic = false)");
        String loose = create(postgres, "at timestamptz NOT NULL, id text COLLATE loose NOT NULL, delay int");
        assertRefused(
                postgres,
                EVENTS,
                loose,
                "postgresql:" + loose + ", column 'id' (column 'id' of table 'events') has the collation 'loose', under"
                        + " which different texts can be equal: a key needs a deterministic collation");
        String padded = create(postgres, "at timestamptz NOT NULL, id char(5) NOT NULL, delay int");
        assertRefused(
                postgres,
                EVENTS,
                padded,
                "postgresql:" + padded + ", column 'id' (column 'id' of table 'events') is filled up with spaces to a"
                        + " fixed length, so that its texts don't compare to the letter: a key needs a type of variable"
                        + " length");
        String ignoring = create(h2, "at TIMESTAMP(6) NOT NULL, id VARCHAR_IGNORECASE NOT NULL, delay INT");
        assertRefused(
                h2,
                EVENTS,
                ignoring,
                "h2:" + ignoring + ", column 'ID' (column 'id' of table 'events') has the collation"
                        + " 'VARCHAR_IGNORECASE', under which different texts can be equal: a key needs VARCHAR in a"
                        + " database without SET COLLATION");
        String nocase = create(duck, "\"at\" timestamp not null, id varchar collate nocase not null, delay int");
        assertRefused(
                duck,
                EVENTS,
                nocase,
                "duckdb:" + nocase + ", column 'id' (column 'id' of table 'events') has the collation 'nocase', under"
                        + " which different texts can be equal: a key needs a column without COLLATE");
    }

    @Test
    void a_time_finer_than_microseconds() {
        String name = create(h2, "at TIMESTAMP(9) NOT NULL, id VARCHAR NOT NULL, delay INT");
        assertRefused(
                h2,
                EVENTS,
                name,
                "h2:" + name + ", column 'AT' (column 'at' of table 'events') is TIMESTAMP and keeps more than the"
                        + " microseconds of TIMESTAMP");
        String inDuck = create(duck, "\"at\" timestamp_ns not null, id varchar not null, delay int");
        assertRefused(
                duck,
                EVENTS,
                inDuck,
                "duckdb:" + inDuck + ", column 'at' (column 'at' of table 'events') is TIMESTAMP_NS and keeps more than"
                        + " the microseconds of TIMESTAMP");
    }

    @Test
    void a_zone_whose_clocks_change_without_a_word_on_repeated_times() {
        assertThatThrownBy(() -> JdbcSource.builder(postgres.jdbi(), EVENTS)
                        .timeZone(ZoneId.of("Europe/Berlin"))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'events': the clocks of timeZone(Europe/Berlin) show some local times twice; say"
                        + " which instant they are with ambiguousTimes(EARLIER or LATER), and store no row of the other"
                        + " one");
    }

    @Test
    void a_layout_without_its_columns() {
        String name = create(duck, "\"at\" timestamp not null, id varchar not null, delay int, year double");
        assertThatThrownBy(() -> JdbcSource.builder(duck.jdbi(), EVENTS)
                        .table(name)
                        .layout(HivePartitionLayout.monthly(ZoneOffset.UTC))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("duckdb:" + name + ", partition column 'year' is DOUBLE; it is of text, or a whole"
                        + " number in the layout year, month, tq_version in Z");
        String without = create(duck, "\"at\" timestamp not null, id varchar not null, delay int, year varchar");
        assertThatThrownBy(() -> JdbcSource.builder(duck.jdbi(), EVENTS)
                        .table(without)
                        .layout(HivePartitionLayout.monthly(ZoneOffset.UTC))
                        .build())
                .hasMessage("duckdb:" + without + " has no partition column 'month'; it has [at, id, delay, year]. Read"
                        + " the directories' names as columns, or leave layout(…) out");
    }

    @Test
    void a_name_without_parts() {
        assertThatThrownBy(() -> JdbcSource.builder(h2.jdbi(), EVENTS).table("a", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a table's name has one to three parts, none of them empty: [a, ]");
    }

    private static String create(TestDatabase database, String columns) {
        String name = "checked_" + TABLES.incrementAndGet();
        database.execute("CREATE TABLE " + database.quote(name) + " (" + columns + ")");
        return name;
    }

    private static void assertRefused(TestDatabase database, Table table, String name, String message) {
        assertThatThrownBy(() ->
                        JdbcSource.builder(database.jdbi(), table).table(name).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
        assertThat(database.dataSource().open()).isZero();
    }
}
