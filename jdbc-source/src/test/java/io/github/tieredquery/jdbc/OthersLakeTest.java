package io.github.tieredquery.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of Parquet files as DuckDB, Spark and delivery streams name them, read by DuckDB. */
class OthersLakeTest {

    private static final Table EVENTS = Table.builder("events")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("shard", ColumnType.INT32)
            .build();
    private static final HivePartitionLayout DAILY =
            HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion();
    private static final HivePartitionLayout HOURLY =
            HivePartitionLayout.hourly(ZoneOffset.UTC).withoutVersion();

    /** From 2 January to 31 December, over each change of the number of digits. */
    private static final List<String> TIMES = List.of(
            "2024-01-02 05:00:00",
            "2024-01-09 23:59:59.999999",
            "2024-01-10 00:00:00",
            "2024-02-01 09:30:00",
            "2024-09-30 10:00:00",
            "2024-10-01 00:00:00",
            "2024-10-15 13:00:00",
            "2024-12-31 23:00:00");

    private final DuckDatabase database = DuckDatabase.get();
    private final AtomicInteger lakes = new AtomicInteger();

    @TempDir
    private Path directory;

    /** Rows in directories that DuckDB has named after what it was told to. */
    private String lake(String keys, String... names) {
        return lake(TIMES, keys, names);
    }

    private String lake(List<String> times, String keys, String... names) {
        String place = directory.resolve("lake_" + lakes.incrementAndGet()).toString();
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < times.size(); i++) {
            rows.append(i == 0 ? "" : ", ").append("(TIMESTAMP '" + times.get(i) + "', " + i + ", " + i % 3 + ")");
        }
        database.execute("COPY (SELECT \"at\", CAST(id AS BIGINT) AS id, CAST(shard AS INTEGER) AS shard, " + keys
                + " FROM (VALUES " + rows + ") v(\"at\", id, shard)) TO '" + place + "' (FORMAT parquet, PARTITION_BY ("
                + String.join(", ", names) + "))");
        return place;
    }

    private JdbcSource source(String place, HivePartitionLayout layout, String options) {
        return JdbcSource.builder(database.jdbi(), EVENTS)
                .from("read_parquet('" + place + "/**/*.parquet', hive_partitioning = true" + options + ")")
                .layout(layout)
                .build();
    }

    private static List<Long> ids(JdbcSource source, Scan scan) {
        List<Long> ids = new ArrayList<>();
        try (RowCursor cursor = source.open(scan, ScanControl.unlimited())) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                ids.add(row.int64("id"));
            }
        }
        assertThat(source.count(scan, ScanControl.unlimited()).rows()).isEqualTo(ids.size());
        return ids;
    }

    private static List<Long> ids(JdbcSource source, String from, String to) {
        return ids(source, Scan.of(EVENTS, range(from, to)));
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
    }

    /** Each row is found by the day, the month and the year of its time, and by no other. */
    private static void assertReadsAll(JdbcSource source) {
        assertThat(ids(source, "2024-01-01", "2025-01-01")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(ids(source, "2024-01-01", "2024-02-01")).containsExactly(0L, 1L, 2L);
        assertThat(ids(source, "2024-01-09", "2024-01-10")).containsExactly(1L);
        assertThat(ids(source, "2024-01-09", "2024-01-11")).containsExactly(1L, 2L);
        assertThat(ids(source, "2024-01-10", "2024-10-01")).containsExactly(2L, 3L, 4L);
        assertThat(ids(source, "2024-09-30", "2024-10-16")).containsExactly(4L, 5L, 6L);
        assertThat(ids(source, "2023-11-05", "2024-01-03")).containsExactly(0L);
        assertThat(ids(source, "2024-12-31", "2025-02-01")).containsExactly(7L);
        assertThat(ids(source, "2024-12-01", "2024-12-31")).isEmpty();
    }

    private static String conditions(JdbcSource source, String from, String to) {
        String statement = source.explain(Scan.of(EVENTS, range(from, to))).statement();
        return statement.substring(statement.indexOf(" WHERE ") + 7, statement.indexOf(" AND \"at\" >="));
    }

    private static final String UNPADDED = "year(\"at\") AS year, month(\"at\") AS month, day(\"at\") AS day";

    @Test
    void unpadded_numbers_are_read_as_texts() {
        String place = lake(UNPADDED, "year", "month", "day");
        JdbcSource source = source(place, DAILY.unpadded(), ", hive_types_autocast = 0");
        assertReadsAll(source);
        assertThat(conditions(source, "2024-01-09", "2024-01-12"))
                .isEqualTo("(\"year\" = '2024' AND \"month\" = '1' AND \"day\" IN ('9', '10', '11'))");
    }

    @Test
    void unpadded_numbers_are_read_as_the_numbers_that_duckdb_makes_of_them() {
        String place = lake(UNPADDED, "year", "month", "day");
        JdbcSource source = source(place, DAILY.unpadded(), "");
        assertReadsAll(source);
        assertThat(conditions(source, "2024-01-09", "2024-01-12"))
                .isEqualTo("(\"year\" = 2024 AND \"month\" = 1 AND \"day\" IN (9, 10, 11))");
        assertReadsAll(source(place, DAILY, ""));
        assertThat(conditions(source(place, DAILY, ""), "2024-01-09", "2024-01-12"))
                .isEqualTo("(\"year\" = 2024 AND \"month\" = 1 AND \"day\" >= 9 AND \"day\" <= 11)");
    }

    @Test
    void padded_numbers_are_read_as_texts_and_as_numbers() {
        String place = lake(
                "strftime(\"at\", '%Y') AS year, strftime(\"at\", '%m') AS month, strftime(\"at\", '%d') AS day",
                "year", "month", "day");
        assertReadsAll(source(place, DAILY, ", hive_types_autocast = 0"));
        assertReadsAll(source(place, DAILY, ""));
    }

    @Test
    void one_date_is_read_as_a_text_and_as_a_date() {
        String place = lake("CAST(\"at\" AS DATE) AS dt", "dt");
        JdbcSource text = source(place, DAILY.dateColumn("dt"), ", hive_types_autocast = 0");
        assertReadsAll(text);
        assertThat(conditions(text, "2023-12-30", "2024-02-01"))
                .isEqualTo("(\"dt\" >= '2023-12-30' AND \"dt\" <= '2024-01-31')");
        JdbcSource date = source(place, DAILY.dateColumn("dt"), "");
        assertReadsAll(date);
        assertThat(conditions(date, "2023-12-30", "2024-02-01"))
                .isEqualTo("(\"dt\" >= DATE '2023-12-30' AND \"dt\" <= DATE '2024-01-31')");
    }

    @Test
    void a_date_and_an_hour_are_read_in_one_column_and_in_two() {
        assertReadsAll(source(
                lake("strftime(\"at\", '%Y-%m-%d-%H') AS dt", "dt"), HOURLY.dateColumn("dt", "yyyy-MM-dd-HH"), ""));
        String two = lake("CAST(\"at\" AS DATE) AS dt, hour(\"at\") AS hour", "dt", "hour");
        assertReadsAll(source(two, HOURLY.dateColumn("dt"), ""));
        assertReadsAll(source(two, HOURLY.dateColumn("dt").unpadded(), ", hive_types_autocast = 0"));
        assertReadsAll(source(
                lake("strftime(\"at\", '%Y%m%d') AS date_key", "date_key"),
                DAILY.dateColumn("date_key", "yyyyMMdd"),
                ""));
    }

    @Test
    void partitions_that_the_layout_does_not_write_are_refused_by_name() {
        String place = lake(UNPADDED, "year", "month", "day");
        assertThatThrownBy(() -> source(place, DAILY, ", hive_types_autocast = 0"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching(
                        "duckdb:events: the partition year=2024/month=[0-9]+/day=[0-9]+ isn't one of the layout"
                                + " year, month, day in Z: the (month|day) is '[1-9]'; it has 2 digits\\. Its rows would be missed\\."
                                + " Say in the layout how partitions are written, with unpadded\\(\\) or dateColumn\\(…\\), or read a"
                                + " view without those that are written otherwise");
    }

    @Test
    void late_and_early_rows_are_found_where_they_are_declared() {
        String place = lake(
                List.of("2024-01-05 23:50:00", "2024-01-06 00:05:00", "2024-01-06 12:00:00"),
                "CASE WHEN id = 1 THEN DATE '2024-01-05' ELSE DATE '2024-01-06' END AS dt",
                "dt");
        HivePartitionLayout layout = DAILY.dateColumn("dt");
        assertThat(ids(source(place, layout, ""), "2024-01-05", "2024-01-06")).isEmpty();
        JdbcSource declared =
                source(place, layout.rowsLateBy(Duration.ofMinutes(15)).rowsEarlyBy(Duration.ofMinutes(10)), "");
        assertThat(ids(declared, "2024-01-05", "2024-01-06")).containsExactly(0L);
        assertThat(ids(declared, "2024-01-06", "2024-01-07")).containsExactly(1L, 2L);
        assertThat(ids(declared, "2024-01-05", "2024-01-07")).containsExactly(0L, 1L, 2L);
        assertThat(conditions(declared, "2024-01-09", "2024-01-10"))
                .isEqualTo("(\"dt\" >= DATE '2024-01-08' AND \"dt\" <= DATE '2024-01-10')");
    }

    @Test
    void a_coarser_time_is_looked_for_in_the_partition_before() {
        String place =
                lake(List.of("2024-01-05 23:59:59.9997", "2024-01-06 01:00:00"), "DATE '2024-01-05' + id AS dt", "dt");
        JdbcSource source = JdbcSource.builder(database.jdbi(), EVENTS)
                .from("(SELECT * REPLACE (CAST(\"at\" + INTERVAL 500 MICROSECONDS AS TIMESTAMP_MS) AS \"at\") FROM"
                        + " read_parquet('" + place + "/**/*.parquet', hive_partitioning = true))")
                .layout(DAILY.dateColumn("dt"))
                .build();
        assertThat(ids(source, "2024-01-05", "2024-01-06")).isEmpty();
        assertThat(ids(source, "2024-01-06", "2024-01-07")).containsExactly(0L, 1L);
    }

    @Test
    void a_partition_column_of_the_table_is_a_number_in_its_directory() {
        String place = lake("CAST(\"at\" AS DATE) AS dt", "dt", "shard");
        JdbcSource source = JdbcSource.builder(database.jdbi(), EVENTS)
                .from("read_parquet('" + place
                        + "/**/*.parquet', hive_partitioning = true, hive_types = {'dt': DATE, 'shard': INTEGER})")
                .layout(DAILY.dateColumn("dt").thenBy("shard"))
                .build();
        Scan scan = Scan.of(EVENTS, range("2024-01-01", "2025-01-01"));
        assertThat(ids(source, scan.filter(Filter.ge("shard", 2).boundTo(EVENTS))))
                .containsExactly(2L, 5L);
    }
}
