package io.github.tieredquery.jdbc;

import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import io.github.tieredquery.jdbc.internal.journal.JdbcJournal;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JdbcSourceTest {

    private static final Table EVENTS = Table.builder("events")
            .time("at")
            .key("id", INT64)
            .column("origin", STRING)
            .column("delay", INT32)
            .build();

    private static final TimeRange YEAR =
            new TimeRange(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));

    private final TestDatabase postgres = PostgresDatabase.get();

    static Stream<TestDatabase> databases() {
        return Stream.of(PostgresDatabase.get(), MariaDatabase.get(), H2Database.get(), DuckDatabase.get());
    }

    @ParameterizedTest
    @MethodSource("databases")
    void hostile_names_stay_names(TestDatabase database) {
        String table = "a\"b`c'; DROP TABLE x; -- ? :y {z}";
        String column = "o\"r`i'g? :in";
        String type = database instanceof MariaDatabase ? "DATETIME(6)" : "TIMESTAMP(6)";
        database.execute("CREATE TABLE " + database.quote(table) + " (" + database.quote("at") + " " + type
                + " NOT NULL, " + database.quote("select") + " BIGINT NOT NULL, " + database.quote(column)
                + " VARCHAR(100), " + database.quote("delay") + " INTEGER)");
        database.execute("INSERT INTO " + database.quote(table) + " VALUES ('2024-03-01 00:00:00', 1, 'SFO', 5)");
        JdbcSource source = JdbcSource.builder(database.jdbi(), EVENTS)
                .table(table)
                .column("id", "select")
                .column("origin", column)
                .build();
        List<Row> rows = read(
                source, Scan.of(EVENTS, YEAR).filter(Filter.eq("origin", "SFO").boundTo(EVENTS)));
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).int64("id")).isEqualTo(1);
        database.execute("DROP TABLE " + database.quote(table));
    }

    @Test
    void a_user_who_may_only_select_can_build_and_read() throws SQLException {
        postgres.execute("CREATE TABLE granted (at timestamptz NOT NULL, id bigint NOT NULL, origin text, delay int,"
                + " PRIMARY KEY (at, id))");
        postgres.execute("INSERT INTO granted VALUES ('2024-03-01 00:00:00Z', 1, 'SFO', 5)");
        postgres.execute("CREATE USER reader");
        postgres.execute("GRANT SELECT ON granted TO reader");
        CountingDataSource reader =
                new CountingDataSource(PostgresDatabase.get().server().getDatabase("reader", "postgres"));
        JdbcSource source =
                JdbcSource.builder(Jdbi.create(reader), EVENTS).table("granted").build();
        assertThat(read(source, Scan.of(EVENTS, YEAR))).hasSize(1);
        assertThat(source.count(Scan.of(EVENTS, YEAR), ScanControl.unlimited()).rows())
                .isEqualTo(1);
        assertThat(source.explain(Scan.of(EVENTS, YEAR)).accessPath()).isEqualTo(AccessPath.KEY_RANGE);
    }

    @Test
    void explaining_names_the_best_index_and_what_it_does_not_serve() {
        postgres.execute("CREATE TABLE indexed (at timestamptz NOT NULL, id bigint NOT NULL, origin text, delay int)");
        JdbcSource bare = source("indexed");
        Filter filter =
                Filter.and(Filter.eq("origin", "SFO"), Filter.gt("delay", 5)).boundTo(EVENTS);
        Scan scan = Scan.of(EVENTS, YEAR).filter(filter);
        assertThat(bare.explain(scan).accessPath()).isEqualTo(AccessPath.FILTER_SCAN);
        assertThat(bare.explain(scan).residual()).isEqualTo(filter);
        postgres.execute("CREATE INDEX ON indexed (at, id)");
        assertThat(source("indexed").explain(scan).accessPath()).isEqualTo(AccessPath.KEY_RANGE);
        assertThat(source("indexed").explain(scan).residual()).isEqualTo(filter);
        postgres.execute("CREATE INDEX ON indexed (origin, at)");
        ScanPlan plan = source("indexed").explain(scan);
        assertThat(plan)
                .isEqualTo(new ScanPlan(
                        AccessPath.INDEX,
                        "SELECT \"at\", \"id\", \"origin\", \"delay\" FROM \"indexed\" WHERE \"at\" >= ? AND \"at\" < ?"
                                + " AND (\"origin\" = ? AND \"delay\" > ?) ORDER BY \"at\" ASC, \"id\" ASC",
                        Filter.gt("delay", 5)));
    }

    @Test
    void local_times_of_a_zone_are_read_and_asked_for_as_instants() {
        postgres.execute("CREATE TABLE berlin (at timestamp NOT NULL, id bigint NOT NULL, origin text, delay int)");
        postgres.execute("INSERT INTO berlin VALUES ('2024-10-27 01:59:59', 1), ('2024-10-27 02:30:00', 2),"
                + " ('2024-10-27 03:00:00', 3)");
        JdbcSource source = JdbcSource.builder(postgres.jdbi(), EVENTS)
                .table("berlin")
                .timeZone(ZoneId.of("Europe/Berlin"))
                .ambiguousTimes(AmbiguousTimes.EARLIER)
                .build();
        assertThat(read(source, Scan.of(EVENTS, YEAR)).stream().map(row -> row.timestamp("at")))
                .containsExactly(
                        Instant.parse("2024-10-26T23:59:59Z"),
                        Instant.parse("2024-10-27T00:30:00Z"),
                        Instant.parse("2024-10-27T02:00:00Z"));
        Instant secondPass = Instant.parse("2024-10-27T01:30:00Z");
        assertThat(ids(source, Scan.of(EVENTS, new TimeRange(secondPass, YEAR.to()))))
                .containsExactly(3L);
        assertThat(ids(source, Scan.of(EVENTS, YEAR).filter(Filter.lt("at", secondPass))))
                .containsExactly(1L, 2L);
        assertThat(ids(source, Scan.of(EVENTS, YEAR).filter(Filter.eq("at", secondPass))))
                .isEmpty();
        assertThat(ids(source, Scan.of(EVENTS, YEAR).filter(Filter.ne("at", secondPass))))
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_local_time_that_clocks_skip_is_not_made_up() {
        postgres.execute("CREATE TABLE skipped (at timestamp NOT NULL, id bigint NOT NULL, origin text, delay int)");
        postgres.execute("INSERT INTO skipped VALUES ('2024-03-31 02:30:00', 1)");
        JdbcSource source = JdbcSource.builder(postgres.jdbi(), EVENTS)
                .table("skipped")
                .timeZone(ZoneId.of("Europe/Berlin"))
                .ambiguousTimes(AmbiguousTimes.LATER)
                .build();
        assertThatThrownBy(() -> read(source, Scan.of(EVENTS, YEAR)))
                .isInstanceOf(BadDataException.class)
                .hasMessage("postgresql:skipped, the row [at=2024-03-31 02:30:00, id=1]: column \"at\" holds the local"
                        + " time 2024-03-31T02:30, which the clocks of Europe/Berlin skip, so that it stands for no"
                        + " instant; correct the row, or declare the zone that the times were written in with"
                        + " timeZone(…)");
        assertThat(postgres.dataSource().open()).isZero();
    }

    @Test
    void instants_of_mariadb_are_read_whatever_the_sessions_zone() throws SQLException {
        MariaDatabase maria = MariaDatabase.get();
        maria.execute("CREATE TABLE stamped (at TIMESTAMP(6) NOT NULL, id BIGINT NOT NULL, origin TEXT, delay INT,"
                + " PRIMARY KEY (at, id))");
        // The server's own zone is -03:00.
        maria.execute("INSERT INTO stamped VALUES ('2024-02-29 21:00:00.000001', 1, NULL, NULL)");
        JdbcSource source =
                JdbcSource.builder(maria.jdbi(), EVENTS).table("stamped").build();
        Instant at = Instant.parse("2024-03-01T00:00:00.000001Z");
        assertThat(read(source, Scan.of(EVENTS, YEAR)).get(0).timestamp("at")).isEqualTo(at);
        assertThat(ids(source, Scan.of(EVENTS, new TimeRange(at, at.plusNanos(1_000)))))
                .containsExactly(1L);
        assertThat(ids(source, Scan.of(EVENTS, YEAR).filter(Filter.eq("at", at))))
                .containsExactly(1L);
        JdbcSource archived = JdbcSource.builder(maria.jdbi(), EVENTS)
                .table("stamped")
                .journal("stamped")
                .build();
        JdbcJournal journal = (JdbcJournal) archived.journal().orElseThrow();
        Row row = read(source, Scan.of(EVENTS, YEAR)).get(0);
        RowDigest digest = journal.transactions.run(
                "reading a window",
                Isolation.REPEATABLE_READ,
                "",
                connection -> journal.hotRows.digest(connection, new TimeRange(at, at.plusNanos(1_000))));
        RowDigest.Builder expected = new RowDigest.Builder(EVENTS.rowType());
        expected.add(row);
        assertThat(digest).isEqualTo(expected.build());
        try (Connection connection = maria.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@time_zone")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("-03:00");
        }
    }

    @Test
    void a_sum_of_doubles_that_is_too_large_is_the_querys_fault() {
        Table loads = Table.builder("loads")
                .time("at")
                .key("id", ColumnType.INT64)
                .column("load", ColumnType.DOUBLE)
                .build();
        PostgresDatabase postgres = PostgresDatabase.get();
        postgres.execute("CREATE TABLE loads (at timestamptz, id bigint, load float8, PRIMARY KEY (at, id))");
        postgres.execute("INSERT INTO loads SELECT '2024-01-01T00:00:00Z', n, 1.7e308 FROM generate_series(1, 2) n");
        try (JdbcSource source =
                JdbcSource.builder(postgres.jdbi(), loads).table("loads").build()) {
            GroupedScan sum =
                    GroupedScan.of(Scan.of(loads, YEAR), Aggregation.overall().sum("load"));
            assertThatThrownBy(() -> source.aggregate(sum, ScanControl.unlimited()))
                    .isInstanceOf(BadQueryException.class)
                    .hasMessage("postgresql:loads: a sum of a group is too large; aggregate fewer rows at a time");
        }
        assertThat(postgres.dataSource().open()).isZero();
    }

    @Test
    void a_mariadb_key_under_a_loose_or_padding_collation_is_refused() {
        Table named = Table.builder("named").time("at").key("id", STRING).build();
        MariaDatabase maria = MariaDatabase.get();
        for (String collation : List.of("utf8mb4_general_ci", "utf8mb4_bin", "latin1_nopad_bin")) {
            maria.execute("CREATE OR REPLACE TABLE loose (at DATETIME(6) NOT NULL, id VARCHAR(20) COLLATE " + collation
                    + " NOT NULL)");
            assertThatThrownBy(() -> JdbcSource.builder(maria.jdbi(), named)
                            .table("loose")
                            .build())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("mariadb:loose, column 'id' (column 'id' of table 'named') has the collation '"
                            + collation + "', under which different texts can be equal: a key needs utf8mb4_nopad_bin"
                            + " (MariaDB) or utf8mb4_0900_bin (MySQL)");
        }
    }

    /** MySQL's driver calls such a column CHAR. */
    @Test
    void a_mariadb_column_of_a_list_is_refused_as_a_key_and_compared_by_its_text_elsewhere() {
        Table keyed = Table.builder("listed").time("at").key("kind", STRING).build();
        Table other = Table.builder("listed")
                .time("at")
                .key("id", INT64)
                .column("kind", STRING)
                .build();
        for (MariaDatabase maria : List.of(MariaDatabase.get(), MariaDatabase.byMySqlDriver(""))) {
            maria.execute("CREATE OR REPLACE TABLE listed (at DATETIME(6) NOT NULL, id BIGINT NOT NULL, kind"
                    + " ENUM('b', 'c', 'a') CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL)");
            maria.execute("INSERT INTO listed VALUES ('2024-03-01', 1, 'a'), ('2024-03-01', 2, 'b'),"
                    + " ('2024-03-01', 3, 'c')");
            assertThatThrownBy(() -> JdbcSource.builder(maria.jdbi(), keyed).build())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("mariadb:listed, column 'kind' (column 'kind' of table 'listed') is an ENUM or a SET,"
                            + " which the database sorts by the order of its list and not by its text: a key needs"
                            + " utf8mb4_nopad_bin (MariaDB) or utf8mb4_0900_bin (MySQL) in a column of text");
            JdbcSource source = JdbcSource.builder(maria.jdbi(), other).build();
            Scan all = Scan.of(other, YEAR);
            assertThat(source.count(all.filter(Filter.lt("kind", "b").boundTo(other)), ScanControl.unlimited())
                            .rows())
                    .isEqualTo(1);
            assertThat(source.count(all.filter(Filter.ge("kind", "b").boundTo(other)), ScanControl.unlimited())
                            .rows())
                    .isEqualTo(2);
            assertThat(source.count(all.filter(Filter.eq("kind", "c").boundTo(other)), ScanControl.unlimited())
                            .rows())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_null_that_a_view_shows_in_a_required_column_is_refused() {
        postgres.execute("CREATE VIEW shown AS SELECT TIMESTAMPTZ '2024-03-01 00:00:00Z' AS at,"
                + " CAST(NULL AS bigint) AS id, 'SFO' AS origin, 5 AS delay");
        JdbcSource source = source("shown");
        assertThatThrownBy(() -> read(source, Scan.of(EVENTS, YEAR)))
                .isInstanceOf(BadDataException.class)
                .hasMessage(
                        "postgresql:shown, the row [at=2024-03-01T00:00:00Z, id=null]: column \"id\" holds NULL, which"
                                + " table column 'id' never does; correct the row, or declare it with column(…)");
        assertThat(postgres.dataSource().open()).isZero();
    }

    @Test
    void a_failing_database_is_named_with_its_state_and_without_values() {
        postgres.execute("CREATE TABLE failing (at timestamptz NOT NULL, id bigint NOT NULL, origin text, delay int)");
        JdbcSource source = source("failing");
        postgres.execute("DROP TABLE failing");
        assertThatThrownBy(() -> read(
                        source,
                        Scan.of(EVENTS, YEAR)
                                .filter(Filter.eq("origin", "secret").boundTo(EVENTS))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("postgresql:failing: reading failed with SQL state 42P01: the database hasn't the table, a"
                        + " column of it or a function: it was changed after the source was built, or it is another one."
                        + " Correct the table, or build the source anew with its present columns; the cause holds the"
                        + " database's own words");
        assertThat(postgres.dataSource().open()).isZero();
    }

    @Test
    void more_values_than_the_database_takes_are_refused_by_number_or_sent_as_an_array() {
        List<Long> ids = LongStream.range(0, 70_000).boxed().toList();
        Scan scan = Scan.of(EVENTS, YEAR).filter(Filter.in("id", ids).boundTo(EVENTS));
        postgres.execute("CREATE TABLE listed (at timestamptz NOT NULL, id bigint NOT NULL, origin text, delay int)");
        postgres.execute("INSERT INTO listed VALUES ('2024-03-01 00:00:00Z', 69999)");
        assertThat(ids(source("listed"), scan)).containsExactly(69_999L);
        TestDatabase duck = DuckDatabase.get();
        duck.execute("CREATE TABLE listed (\"at\" timestamp NOT NULL, id bigint NOT NULL, origin text, delay int)");
        JdbcSource other =
                JdbcSource.builder(duck.jdbi(), EVENTS).table("listed").build();
        assertThatThrownBy(() -> ids(other, scan))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("duckdb:listed: the filter has more values than the 65535 that duckdb takes in a statement"
                        + " (70002); ask for fewer at a time");
        assertThat(duck.dataSource().open()).isZero();
    }

    private JdbcSource source(String table) {
        return JdbcSource.builder(postgres.jdbi(), EVENTS).table(table).build();
    }

    private static List<Long> ids(JdbcSource source, Scan scan) {
        return read(source, scan).stream().map(row -> row.int64("id")).toList();
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
