package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** Tables that somebody else fills, with their own names, types and encodings. */
class ExistingTableTest {

    private static final Table EVENTS = Table.builder("events")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("name", ColumnType.STRING)
            .column("amount", ColumnType.decimal(10, 2))
            .build();
    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion();
    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-03-05T00:00:00Z"), Instant.parse("2024-03-06T00:00:00Z"));

    private static Athenas athena;

    @BeforeAll
    static void start() {
        athena = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    @Test
    void lazy_simple_files_with_native_types_are_read() {
        make(
                "events_a",
                "ts timestamp, event_id int, title string, amount decimal(10,2)",
                "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
                "2024-03-05 10:00:00.123,1,one,12.50\n2024-03-05 09:00:00,2,\\N,\n");
        try (AthenaSource source = builder("events_a")
                .column("at", "ts", ColumnEncoding.natively().lossAccepted())
                .column("id", "event_id")
                .column("name", "title")
                .build()) {
            assertThat(ArchiveTest.read(source, Scan.of(EVENTS, DAY)))
                    .containsExactly(
                            event("2024-03-05T09:00:00Z", 2, null, null),
                            event("2024-03-05T10:00:00.123Z", 1, "one", "12.50"));
            assertThat(ArchiveTest.read(
                            source,
                            Scan.of(EVENTS, DAY).filter(Filter.ge("amount", 12).boundTo(EVENTS))))
                    .hasSize(1);
            assertThat(source.timeUnit(EVENTS.timeColumn())).isEqualTo(Duration.ofMillis(1));
        }
    }

    @Test
    void epoch_millis_between_which_the_range_ends_are_read_exactly() {
        make(
                "events_b",
                "ts bigint, id bigint, name string, amount decimal(10,2)",
                "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','",
                "1709632800000,1,a,1\n1709632800001,2,b,2\n");
        try (AthenaSource source = builder("events_b")
                .column("at", "ts", ColumnEncoding.epochMillis().lossAccepted())
                .build()) {
            Instant first = Instant.ofEpochMilli(1_709_632_800_000L);
            Scan scan = Scan.of(EVENTS, new TimeRange(first.plusNanos(1_000), DAY.to()));
            assertThat(ArchiveTest.read(source, scan))
                    .extracting(row -> row.int64("id"))
                    .containsExactly(2L);
            assertThat(ArchiveTest.read(source, Scan.of(EVENTS, new TimeRange(first, first.plusNanos(1_000)))))
                    .extracting(row -> row.int64("id"))
                    .containsExactly(1L);
            assertThat(ArchiveTest.read(
                            source,
                            Scan.of(EVENTS, DAY)
                                    .filter(Filter.ne("at", first.plusNanos(1_000))
                                            .boundTo(EVENTS))))
                    .hasSize(2);
        }
    }

    @Test
    void open_csv_files_with_texts_of_a_pattern_are_read() {
        make(
                "events_c",
                "ts string, id string, name string, amount string",
                "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
                "\"2024/03/05 10:00\",\"10\",\"a,b\",\"1.50\"\n\"2024/03/05 10:00\",\"9\",\"\",\"\"\n");
        try (AthenaSource source = builder("events_c")
                .column("at", "ts", ColumnEncoding.pattern("yyyy/MM/dd HH:mm").lossAccepted())
                .column("id", "id", ColumnEncoding.text())
                .column("name", "name", ColumnEncoding.text())
                .column("amount", "amount", ColumnEncoding.text(""))
                .build()) {
            assertThat(ArchiveTest.read(source, Scan.of(EVENTS, DAY)))
                    .as("ordered by the number and not by its text")
                    .containsExactly(
                            event("2024-03-05T10:00:00Z", 9, "", null),
                            event("2024-03-05T10:00:00Z", 10, "a,b", "1.50"));
            Scan late = Scan.of(EVENTS, new TimeRange(Instant.parse("2024-03-05T10:00:00.000001Z"), DAY.to()));
            assertThat(ArchiveTest.read(source, late)).isEmpty();
            assertThat(source.timeUnit(EVENTS.timeColumn())).isEqualTo(Duration.ofMinutes(1));
        }
    }

    @Test
    void rows_are_sorted_into_days_whatever_their_times_are_encoded_in() {
        String delimited = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','";
        // 1969-12-31T23:59:59.5Z, 1970-01-01T00:00:00Z, and noon in March, which in Nepal is in the same days but one.
        makeDays(
                "days_native",
                "timestamp",
                delimited,
                "1969-12-31 23:59:59.5",
                "1970-01-01 00:00:00",
                "2024-03-05 12:00:00");
        makeDays("days_millis", "bigint", delimited, "-500", "0", "1709640000000");
        makeDays("days_micros", "bigint", delimited, "-500000", "0", "1709640000000000");
        makeDays("days_seconds", "bigint", delimited, "-1", "0", "1709640000");
        makeDays("days_texts", "string", delimited, "1969/12/31 23:59", "1970/01/01 00:00", "2024/03/05 12:00");
        Map<String, ColumnEncoding> encodings = Map.of(
                "days_native", ColumnEncoding.natively().lossAccepted(),
                "days_millis", ColumnEncoding.epochMillis().lossAccepted(),
                "days_micros", ColumnEncoding.epochMicros(),
                "days_seconds", ColumnEncoding.epochSeconds().lossAccepted(),
                "days_texts", ColumnEncoding.pattern("yyyy/MM/dd HH:mm").lossAccepted());
        TimeRange years = new TimeRange(Instant.parse("1960-01-01T00:00:00Z"), Instant.parse("2030-01-01T00:00:00Z"));
        encodings.forEach((name, encoding) -> {
            try (AthenaSource source =
                    builder(name).column("at", "ts", encoding).build()) {
                assertThat(days(source, years, ZoneOffset.UTC))
                        .as(name)
                        .containsExactlyInAnyOrder("1969-12-31: 1", "1970-01-01: 1", "2024-03-05: 1");
                assertThat(days(source, years, ZoneId.of("Asia/Kathmandu")))
                        .as(name)
                        .containsExactlyInAnyOrder("1970-01-01: 2", "2024-03-05: 1");
                assertThat(days(source, years, ZoneId.of("Pacific/Kiritimati")))
                        .as(name)
                        .containsExactlyInAnyOrder("1969-12-31: 2", "2024-03-06: 1");
            }
        });
    }

    private static List<String> days(AthenaSource source, TimeRange range, ZoneId zone) {
        GroupedScan grouped = GroupedScan.of(
                Scan.of(EVENTS, range), Aggregation.overall().perDay(zone).count());
        return source.aggregate(grouped, ScanControl.unlimited()).rows().stream()
                .map(row -> row.date("day") + ": " + row.int64("count"))
                .toList();
    }

    private static void makeDays(String name, String type, String serde, String... times) {
        AthenaLocal local = athena.theLocalOne();
        local.run("CREATE EXTERNAL TABLE " + name + " (ts " + type
                + ", id bigint, name string, amount decimal(10,2)) PARTITIONED BY (year string, month string, day string) "
                + serde + " LOCATION '" + athena.location(name) + "'");
        List<String> folders =
                List.of("year=1969/month=12/day=31", "year=1970/month=01/day=01", "year=2024/month=03/day=05");
        for (int i = 0; i < times.length; i++) {
            String key = name + "/" + folders.get(i) + "/data.csv";
            String line = times[i] + "," + i + ",x,1\n";
            local.s3Client()
                    .putObject(request -> request.bucket(local.bucket()).key(key), RequestBody.fromString(line));
        }
        local.run("MSCK REPAIR TABLE " + name);
    }

    @Test
    void an_encoding_that_loses_microseconds_is_refused_unless_that_is_said() {
        assertThatThrownBy(() -> builder("events_d").build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default.events_d: column 'at' is TIMESTAMP, and the encoding natively() doesn't keep"
                                + " microseconds. Choose one that does, or say with lossAccepted() that times read from cold"
                                + " may be cut");
    }

    @Test
    void an_encoding_for_another_type_is_refused() {
        assertThatThrownBy(() -> builder("events_d")
                        .column("at", "at", ColumnEncoding.epochMicros())
                        .column("id", "id", ColumnEncoding.epochMillis())
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default.events_d: column 'id' is INT64, which the encoding epochMillis() isn't for");
    }

    @Test
    void a_pattern_whose_texts_do_not_sort_is_refused() {
        assertThatThrownBy(() -> ColumnEncoding.pattern("dd.MM.yyyy"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("texts of the pattern 'dd.MM.yyyy' don't sort as time does; it needs yyyy, MM, dd, HH, mm,"
                        + " ss, S in this order. Make a view in Athena that has the time in such a form");
    }

    @Test
    void it_is_never_written() {
        make("events_e", "at string, id bigint, name string, amount decimal(10,2)", "", "");
        try (AthenaSource source =
                builder("events_e").column("at", "at", ColumnEncoding.text()).build()) {
            assertThatThrownBy(() -> source.prepare(ScanControl.unlimited()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("athena:default.events_e: somebody else fills this table, as AthenaSource.existing(…)"
                            + " says, so it is only read. Archive into a table of AthenaSource.archive(…), or take this one"
                            + " over with AthenaSource.adopting(…)");
            assertThatThrownBy(source::createTableStatement)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "athena:default.events_e: somebody else fills this table, so this library has no statement"
                                    + " that makes it");
        }
    }

    private static ExistingTableBuilder builder(String name) {
        return AthenaSource.existing(athena.aws(), EVENTS)
                .table("default", name)
                .layout(LAYOUT)
                .results(
                        AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)));
    }

    private static void make(String name, String columns, String serde, String lines) {
        AthenaLocal local = athena.theLocalOne();
        local.run("CREATE EXTERNAL TABLE " + name + " (" + columns
                + ") PARTITIONED BY (year string, month string, day string) " + serde + " LOCATION '"
                + athena.location(name) + "'");
        if (!lines.isEmpty()) {
            local.s3Client()
                    .putObject(
                            request -> request.bucket(local.bucket()).key(name + "/year=2024/month=03/day=05/data.csv"),
                            RequestBody.fromString(lines));
            local.run("MSCK REPAIR TABLE " + name);
        }
    }

    private static Row event(String at, long id, @Nullable String name, @Nullable String amount) {
        return EVENTS.rowType().row(new @Nullable Object[] {
            Instant.parse(at), id, name, amount == null ? null : new java.math.BigDecimal(amount)
        });
    }

    @Test
    void one_that_is_not_there_is_refused_without_a_word_of_making_it() {
        assertThatThrownBy(() -> builder("events_f")
                        .column("at", "at", ColumnEncoding.text())
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default.events_f: there is no such table in the catalog AwsDataCatalog. Correct its"
                        + " name in table(…) or the catalog in catalog(…)");
    }

    @Test
    void it_has_no_versions_whatever_its_layout_says() {
        make("events_g", "at string, id bigint, name string, amount decimal(10,2)", "", "");
        try (AthenaSource source = builder("events_g")
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                .column("at", "at", ColumnEncoding.text())
                .build()) {
            assertThat(source.layout().isVersioned()).isFalse();
            assertThat(source.layout()).isEqualTo(LAYOUT);
            assertThat(source.place()).isEmpty();
        }
    }

    @Test
    void the_encodings_say_how_they_were_made() {
        assertThat(List.of(
                        ColumnEncoding.natively(),
                        ColumnEncoding.text(""),
                        ColumnEncoding.epochMillis().lossAccepted(),
                        ColumnEncoding.pattern("yyyy-MM-dd")))
                .hasToString("[natively(), text(''), epochMillis().lossAccepted(), pattern(\"yyyy-MM-dd\")]");
    }
}
