package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemorySource;
import io.github.tieredquery.testkit.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** Archives as DuckDB, Spark, Trino and delivery streams name and fill them. */
class OthersArchivesTest {

    private static final Table EVENTS =
            Table.builder("events").time("at").key("id", ColumnType.INT64).build();

    private static final HivePartitionLayout DAILY = HivePartitionLayout.daily(ZoneOffset.UTC);
    private static final HivePartitionLayout HOURLY = HivePartitionLayout.hourly(ZoneOffset.UTC);
    private static final String MISSED =
            ". Its rows would be missed. Say in the layout how partitions are written, with"
                    + " unpadded() or dateColumn(…), or read a view without those that are written otherwise";

    /** From 2 January to 31 December, over each change of the number of digits. */
    private static final List<String> TIMES = List.of(
            "2024-01-02 05:00:00",
            "2024-01-09 23:59:59.999",
            "2024-01-10 00:00:00",
            "2024-09-30 10:00:00",
            "2024-10-15 13:00:00",
            "2024-12-31 23:00:00");

    private static Athenas athena;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        athena = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
    }

    /** Has DuckDB write one file. */
    private void put(String key, String values) throws SQLException {
        Path file = directory.resolve(key.replace('/', '_'));
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("COPY (" + values + ") TO '" + file + "' (FORMAT parquet)");
        }
        AthenaLocal local = athena.theLocalOne();
        local.s3Client().putObject(request -> request.bucket(local.bucket()).key(key), RequestBody.fromFile(file));
    }

    /** Has DuckDB spread rows over directories, and registers them. */
    private String fill(String keys, String partitionBy, String values) throws SQLException, IOException {
        String name = athena.freshName("others");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("COPY (" + values + ") TO '" + directory.resolve(name)
                    + "' (FORMAT parquet, PARTITION_BY (" + partitionBy + "))");
        }
        AthenaLocal local = athena.theLocalOne();
        try (Stream<Path> files = Files.walk(directory.resolve(name))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String key = name + "/" + directory.resolve(name).relativize(file);
                local.s3Client()
                        .putObject(request -> request.bucket(local.bucket()).key(key), RequestBody.fromFile(file));
            }
        }
        local.run("CREATE EXTERNAL TABLE " + name + " (at timestamp, id bigint) PARTITIONED BY (" + keys
                + ") STORED AS PARQUET LOCATION '" + athena.location(name) + "'");
        local.run("MSCK REPAIR TABLE " + name);
        return name;
    }

    private static ExistingTableBuilder builder(String name, HivePartitionLayout layout) {
        return AthenaSource.existing(athena.aws(), EVENTS)
                .table("default", name)
                .layout(layout.withoutVersion())
                .column("at", "at", ColumnEncoding.natively().lossAccepted())
                .results(
                        AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)));
    }

    private static List<Long> ids(AthenaSource source, Scan scan) {
        List<Long> ids = ArchiveTest.read(source, scan).stream()
                .map(row -> row.int64("id"))
                .toList();
        assertThat(source.count(scan, ScanControl.unlimited()).rows()).isEqualTo(ids.size());
        return ids;
    }

    private static List<Long> ids(AthenaSource source, String from, String to) {
        return ids(source, Scan.of(EVENTS, range(from, to)));
    }

    /** Each row is found by the day, the month and the year of its time, and by no other. */
    private static void assertReadsAll(ExistingTableBuilder builder) {
        try (AthenaSource source = builder.build()) {
            assertThat(ids(source, "2024-01-01", "2025-01-01")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
            assertThat(ids(source, "2024-01-01", "2024-02-01")).containsExactly(0L, 1L, 2L);
            assertThat(ids(source, "2024-01-09", "2024-01-10")).containsExactly(1L);
            assertThat(ids(source, "2024-01-09", "2024-01-11")).containsExactly(1L, 2L);
            assertThat(ids(source, "2024-09-30", "2024-10-16")).containsExactly(3L, 4L);
            assertThat(ids(source, "2023-11-05", "2024-01-03")).containsExactly(0L);
            assertThat(ids(source, "2024-12-31", "2025-02-01")).containsExactly(5L);
        }
    }

    private static String conditions(AthenaSource source, String from, String to) {
        String statement = source.explain(Scan.of(EVENTS, range(from, to))).statement();
        return statement.substring(statement.indexOf(" WHERE ") + 7, statement.indexOf(" AND t.\"at\" >="));
    }

    private static String rows(String keys) {
        return rows(keys, TIMES);
    }

    private static String rows(String keys, List<String> times) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < times.size(); i++) {
            rows.append(i == 0 ? "" : ", ").append("(TIMESTAMP '" + times.get(i) + "', " + i + ")");
        }
        return "SELECT \"at\", CAST(id AS BIGINT) AS id, " + keys + " FROM (VALUES " + rows + ") v(\"at\", id)";
    }

    private static final String NUMBERS = "year(\"at\") AS year, month(\"at\") AS month, day(\"at\") AS day";
    private static final String PADDED =
            "strftime(\"at\", '%Y') AS year, strftime(\"at\", '%m') AS month, strftime(\"at\", '%d') AS day";

    @Test
    void unpadded_numbers_are_read_as_texts() throws Exception {
        String name = fill("year string, month string, day string", "year, month, day", rows(NUMBERS));
        assertReadsAll(builder(name, DAILY.unpadded()));
        try (AthenaSource source = builder(name, DAILY.unpadded())
                .column("at", "at", ColumnEncoding.wholeMillis())
                .build()) {
            assertThat(conditions(source, "2024-01-09", "2024-01-12"))
                    .isEqualTo("(t.\"year\" = '2024' AND t.\"month\" = '1' AND t.\"day\" IN ('9', '10', '11'))");
        }
    }

    @Test
    void numbers_are_read_as_the_integers_that_the_catalog_says() throws Exception {
        String name = fill("year int, month int, day int", "year, month, day", rows(NUMBERS));
        assertReadsAll(builder(name, DAILY.unpadded()));
        assertReadsAll(builder(name, DAILY));
        assertReadsAll(builder(fill("year int, month tinyint, day bigint", "year, month, day", rows(PADDED)), DAILY));
        try (AthenaSource source = builder(name, DAILY)
                .column("at", "at", ColumnEncoding.wholeMillis())
                .build()) {
            assertThat(conditions(source, "2024-01-09", "2024-01-12"))
                    .isEqualTo("(t.\"year\" = 2024 AND t.\"month\" = 1 AND t.\"day\" >= 9 AND t.\"day\" <= 11)");
        }
        assertReadsAll(builder(name, DAILY)
                .withoutSchemaCheck()
                .partitionType("year", "int")
                .partitionType("month", "int")
                .partitionType("day", "int"));
    }

    @Test
    void one_date_is_read_as_a_text_and_as_a_date() throws Exception {
        String keys = "CAST(\"at\" AS DATE) AS dt";
        String text = fill("dt string", "dt", rows(keys));
        assertReadsAll(builder(text, DAILY.dateColumn("dt")));
        String date = fill("dt date", "dt", rows(keys));
        assertReadsAll(builder(date, DAILY.dateColumn("dt")));
        try (AthenaSource source = builder(date, DAILY.dateColumn("dt"))
                .column("at", "at", ColumnEncoding.wholeMillis())
                .build()) {
            assertThat(conditions(source, "2023-12-30", "2024-02-01"))
                    .isEqualTo("(t.\"dt\" >= DATE '2023-12-30' AND t.\"dt\" <= DATE '2024-01-31')");
        }
    }

    @Test
    void a_date_and_an_hour_are_read_in_one_column_and_in_two() throws Exception {
        String one = fill("dt string", "dt", rows("strftime(\"at\", '%Y-%m-%d-%H') AS dt"));
        assertReadsAll(builder(one, HOURLY.dateColumn("dt", "yyyy-MM-dd-HH")));
        String two = fill("dt date, hour int", "dt, hour", rows("CAST(\"at\" AS DATE) AS dt, hour(\"at\") AS hour"));
        assertReadsAll(builder(two, HOURLY.dateColumn("dt")));
        String texts =
                fill("dt string, hour string", "dt, hour", rows("CAST(\"at\" AS DATE) AS dt, hour(\"at\") AS hour"));
        assertReadsAll(builder(texts, HOURLY.dateColumn("dt").unpadded()));
        String number = fill("date_key int", "date_key", rows("strftime(\"at\", '%Y%m%d') AS date_key"));
        assertReadsAll(builder(number, DAILY.dateColumn("date_key", "yyyyMMdd")));
    }

    @Test
    void partitions_that_the_layout_does_not_write_are_refused_by_name() throws Exception {
        String name = fill(
                "year string, month string, day string",
                "year, month, day",
                rows(NUMBERS, List.of("2024-10-15 10:00:00", "2024-01-15 10:00:00")));
        assertThatThrownBy(() -> builder(name, DAILY).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default." + name + ": the partition year=2024/month=1/day=15 isn't one of the layout"
                                + " year, month, day in Z: the month is '1'; it has 2 digits" + MISSED);
        String nowhere = fill("dt string", "dt", rows("CAST(NULL AS DATE) AS dt", List.of("2024-10-15 10:00:00")));
        assertThatThrownBy(() -> builder(nowhere, DAILY.dateColumn("dt")).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default." + nowhere
                        + ": the partition dt=__HIVE_DEFAULT_PARTITION__ isn't one of the"
                        + " layout dt (yyyy-MM-dd) in Z: the dt is NULL; it is of the pattern yyyy-MM-dd" + MISSED);
        String padded = fill("year string, month string, day string", "year, month, day", rows(PADDED));
        assertThatThrownBy(() -> builder(padded, DAILY.unpadded()).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("it has no zero before its digits" + MISSED);
        String wrong = fill("year double, month string, day string", "year, month, day", rows(PADDED));
        assertThatThrownBy(() -> builder(wrong, DAILY).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default." + wrong + ": the table in Athena isn't the one that the source describes: the"
                                + " partition column 'year' is double and not string");
    }

    @Test
    void partitions_that_athena_works_out_are_looked_at_by_their_properties() throws Exception {
        AthenaLocal local = athena.theLocalOne();
        String name = athena.freshName("projected");
        local.run("CREATE EXTERNAL TABLE " + name + " (at timestamp, id bigint) PARTITIONED BY (year string, month"
                + " string, day string) STORED AS PARQUET LOCATION '" + athena.location(name) + "' TBLPROPERTIES ("
                + "'projection.enabled'='true', 'projection.year.type'='integer', 'projection.year.range'='2020,2030',"
                + " 'projection.month.type'='integer', 'projection.month.range'='1,12',"
                + " 'projection.day.type'='integer', 'projection.day.range'='1,31', 'projection.day.digits'='2')");
        assertThatThrownBy(() -> builder(name, DAILY).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default." + name + ": the partition year=2001/month=2/day=03 isn't one of the layout"
                                + " year, month, day in Z: the month is '2'; it has 2 digits" + MISSED);
        String stream = athena.freshName("projected");
        local.run("CREATE EXTERNAL TABLE " + stream + " (at timestamp, id bigint) PARTITIONED BY (dt string) STORED AS"
                + " PARQUET LOCATION '" + athena.location(stream) + "' TBLPROPERTIES ('projection.enabled'='true',"
                + " 'projection.dt.type'='date', 'projection.dt.range'='2024/01/01/00,2024/01/31/23',"
                + " 'projection.dt.format'='yyyy/MM/dd/HH', 'projection.dt.interval'='1',"
                + " 'projection.dt.interval.unit'='HOURS', 'storage.location.template'='" + athena.location(stream)
                + "${dt}/')");
        put(
                stream + "/2024/01/05/13/delivery-1",
                rows("1 AS one", List.of("2024-01-05 12:59:58", "2024-01-05 13:10:00")));
        builder(stream, HOURLY.dateColumn("dt", "yyyy/MM/dd/HH")).build().close();
        try (AthenaSource declared = builder(
                        stream, HOURLY.dateColumn("dt", "yyyy/MM/dd/HH").rowsLateBy(Duration.ofMinutes(15)))
                .build()) {
            assertThat(ids(declared, Scan.of(EVENTS, hours("12", "13")))).containsExactly(0L);
            assertThat(ids(declared, Scan.of(EVENTS, hours("13", "14")))).containsExactly(1L);
        }
    }

    private static TimeRange hours(String from, String to) {
        return new TimeRange(
                Instant.parse("2024-01-05T" + from + ":00:00Z"), Instant.parse("2024-01-05T" + to + ":00:00Z"));
    }

    @Test
    void a_time_that_athena_rounds_into_the_next_day_is_the_next_days_and_found_there() throws Exception {
        String name = fill(
                "year string, month string, day string",
                "year, month, day",
                rows(PADDED, List.of("2024-01-05 23:59:59.9997", "2024-01-06 00:00:00", "2024-01-06 23:59:59.9994")));
        try (AthenaSource source = builder(name, DAILY).build()) {
            assertThat(ids(source, "2024-01-05", "2024-01-06")).isEmpty();
            assertThat(ids(source, "2024-01-06", "2024-01-07")).containsExactly(0L, 1L, 2L);
            assertThat(ids(source, "2024-01-07", "2024-01-08")).isEmpty();
            assertThat(ids(source, "2024-01-01", "2025-01-01")).containsExactly(0L, 1L, 2L);
        }
        MemorySource hot = new MemorySource("hot", EVENTS, List.of());
        try (AthenaSource source = builder(name, DAILY).build()) {
            TieredQuery<Row> events = TieredQuery.builder(EVENTS)
                    .hot(hot)
                    .cold(source)
                    .boundary(Boundary.daysAgo(0, ZoneOffset.UTC))
                    .clock(new TestClock(Instant.parse("2025-01-01T12:00:00Z")))
                    .build();
            Query day = Query.between(Instant.parse("2024-01-06T00:00:00Z"), Instant.parse("2024-01-07T00:00:00Z"));
            List<Long> paged = new ArrayList<>();
            String token = null;
            do {
                Page<Row> page = events.page(day, 1, token);
                page.rows().forEach(row -> paged.add(row.int64("id")));
                token = page.next().orElse(null);
            } while (token != null);
            assertThat(paged).containsExactly(0L, 1L, 2L);
            assertThat(events.count(day)).isEqualTo(3);
        }
    }

    @Test
    void times_that_a_job_has_cut_are_found_in_the_partition_of_their_own_time() throws Exception {
        String name = fill(
                "dt date",
                "dt",
                "SELECT \"at\", id, CAST(\"at\" + INTERVAL 1 HOUR AS DATE) AS dt FROM ("
                        + rows("0 AS none", List.of("2024-01-05 23:30:00", "2024-01-06 10:00:00")) + ")");
        String days = name + "_days";
        AthenaLocal local = athena.theLocalOne();
        local.run("CREATE EXTERNAL TABLE " + days
                + " (at string, id bigint) PARTITIONED BY (dt date) ROW FORMAT DELIMITED"
                + " FIELDS TERMINATED BY ',' LOCATION '" + athena.location(days) + "'");
        local.s3Client()
                .putObject(
                        request -> request.bucket(local.bucket()).key(days + "/dt=2024-01-06/data.csv"),
                        RequestBody.fromString("2024-01-05,0\n2024-01-06,1\n"));
        local.run("MSCK REPAIR TABLE " + days);
        HivePartitionLayout berlin =
                HivePartitionLayout.daily(ZoneId.of("Europe/Berlin")).dateColumn("dt");
        try (AthenaSource source = builder(days, berlin)
                .column("at", "at", ColumnEncoding.pattern("yyyy-MM-dd").lossAccepted())
                .build()) {
            assertThat(ids(source, "2024-01-05", "2024-01-06"))
                    .as("23:30 in UTC, which is the 6th in Berlin, cut to the 5th")
                    .containsExactly(0L);
            assertThat(ids(source, "2024-01-06", "2024-01-07")).containsExactly(1L);
        }
        try (AthenaSource source = builder(name, berlin).build()) {
            assertThat(ids(source, "2024-01-05", "2024-01-06")).containsExactly(0L);
        }
    }

    @Test
    void late_and_early_rows_are_found_where_they_are_declared() throws Exception {
        String name = fill(
                "dt date",
                "dt",
                rows(
                        "CASE WHEN id = 1 THEN DATE '2024-01-05' ELSE DATE '2024-01-06' END AS dt",
                        List.of("2024-01-05 23:50:00", "2024-01-06 00:05:00", "2024-01-06 12:00:00")));
        HivePartitionLayout layout = DAILY.dateColumn("dt");
        try (AthenaSource plain = builder(name, layout).build()) {
            assertThat(ids(plain, "2024-01-05", "2024-01-06")).isEmpty();
        }
        try (AthenaSource declared = builder(
                        name, layout.rowsLateBy(Duration.ofMinutes(15)).rowsEarlyBy(Duration.ofMinutes(10)))
                .build()) {
            assertThat(ids(declared, "2024-01-05", "2024-01-06")).containsExactly(0L);
            assertThat(ids(declared, "2024-01-06", "2024-01-07")).containsExactly(1L, 2L);
            assertThat(ids(declared, "2024-01-05", "2024-01-07")).containsExactly(0L, 1L, 2L);
        }
    }

    @Test
    void partition_columns_of_the_table_are_read_by_their_types() throws Exception {
        Table table = Table.builder("sharded")
                .time("at")
                .key("id", ColumnType.INT64)
                .column("shard", ColumnType.INT32)
                .column("booked", ColumnType.DATE)
                .build();
        String name = fill(
                "dt date, shard int, booked date",
                "dt, shard, booked",
                rows("CAST(\"at\" AS DATE) AS dt, CASE WHEN id < 5 THEN 8 + id END AS shard,"
                        + " CAST(\"at\" AS DATE) - 1 AS booked"));
        try (AthenaSource source = AthenaSource.existing(athena.aws(), table)
                .table("default", name)
                .layout(DAILY.withoutVersion().dateColumn("dt").thenBy("shard", "booked"))
                .column("at", "at", ColumnEncoding.wholeMillis())
                .results(AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                .build()) {
            Scan all = Scan.of(table, range("2024-01-01", "2025-01-01"));
            assertThat(ids(source, all.filter(Filter.ge("shard", 10).boundTo(table))))
                    .containsExactly(2L, 3L, 4L);
            assertThat(ids(source, all.filter(Filter.in("shard", 9, 12).boundTo(table))))
                    .containsExactly(1L, 4L);
            assertThat(ids(source, all.filter(Filter.isNull("shard").boundTo(table))))
                    .containsExactly(5L);
            Filter booked = Filter.le("booked", LocalDate.of(2024, 1, 8));
            assertThat(ids(source, all.filter(booked.boundTo(table)))).containsExactly(0L, 1L);
            assertThat(source.explain(all.filter(Filter.eq("shard", 9).boundTo(table)))
                            .residual())
                    .isEqualTo(Filter.all());
        }
    }

    @Test
    void what_the_archiver_would_not_write_is_not_taken_over() throws Exception {
        String unpadded =
                fill("year string, month string, day string", "year, month, day", rows(NUMBERS, TIMES.subList(0, 1)));
        try (AthenaSource cold = adopting(unpadded)) {
            assertThatThrownBy(() -> cold.listForeignPartitions(ScanControl.unlimited()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "athena:default." + unpadded + ": the partition year=2024/month=1/day=2 isn't one of the"
                                    + " layout year, month, day, tq_version in Z: the month is '1'; it has 2 digits. An archive can"
                                    + " be taken over if all of its partitions are written as an archiver writes them; others can"
                                    + " be read with existing(…) and a layout that says how they are written");
        }
        String typed = fill("year int, month int, day int", "year, month, day", rows(PADDED));
        assertThatThrownBy(() -> adopting(typed))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default." + typed + ": the table to take over isn't the one that the source describes:"
                                + " the partition column 'year' is int and not string; the partition column 'month' is int and not"
                                + " string; the partition column 'day' is int and not string");
    }

    private static AthenaSource adopting(String name) {
        return AthenaSource.adopting(athena.aws(), EVENTS, "default", name)
                .table("default", name + "_new")
                .layout(DAILY)
                .location(athena.location(name + "_new"))
                .column("at", "at", ColumnEncoding.natively().lossAccepted())
                .results(AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                .createTableIfMissing()
                .build();
    }

    @Test
    void what_only_others_write_is_not_archived_into() {
        assertThatThrownBy(() -> AthenaSource.archive(athena.aws(), EVENTS)
                        .table("default", "events")
                        .layout(DAILY.unpadded())
                        .location(athena.location("events"))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default.events: the layout year, month, day (unpadded), tq_version in Z is one that"
                        + " others write; an archiver writes year=2024/month=01/day=05, each row in the partition of its"
                        + " time. Read the table with AthenaSource.existing(…), or leave unpadded(), dateColumn(…),"
                        + " rowsLateBy(…) and rowsEarlyBy(…) out");
    }
}
