package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.Adoption;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Micros;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Times that somebody else has written as numbers: the whole range of them, in every statement that computes on them.
 */
class EpochTimesTest {

    private static final Table TABLE =
            Table.builder("events").time("at").key("id", ColumnType.INT64).build();
    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion();
    /** Around the ends of 32 bits of seconds and of milliseconds, of the calendars, and of what a TIMESTAMP holds. */
    private static final List<Instant> TIMES = Stream.of(
                    "0001-01-02T00:00:00Z",
                    "1582-10-10T12:00:00.000001Z",
                    "1677-09-21T00:12:43.145224Z",
                    "1901-12-13T20:45:51.999999Z",
                    "1901-12-13T20:45:52Z",
                    "1969-12-07T03:28:36.351999Z",
                    "1969-12-31T23:59:59.999999Z",
                    "1970-01-01T00:00:00Z",
                    "1970-01-01T00:00:00.001Z",
                    "1970-01-25T20:31:23.648Z",
                    "2001-01-01T00:00:00Z",
                    "2024-02-29T23:59:59.123456Z",
                    "2038-01-19T03:14:07.999999Z",
                    "2038-01-19T03:14:08Z",
                    "2262-04-11T23:47:16.854775Z",
                    "9999-12-30T23:59:59.999999Z")
            .map(Instant::parse)
            .toList();

    private static final TimeRange ALL =
            new TimeRange(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T00:00:00Z"));

    private static Athenas athena;

    @TempDir
    private Path directory;

    /** A unit, and how a table's column is described that counts in it. */
    enum Unit {
        SECONDS(1_000_000, ColumnEncoding.epochSeconds().lossAccepted()),
        MILLIS(1_000, ColumnEncoding.epochMillis().lossAccepted()),
        MICROS(1, ColumnEncoding.epochMicros());

        private final long micros;
        private final ColumnEncoding encoding;

        Unit(long micros, ColumnEncoding encoding) {
            this.micros = micros;
            this.encoding = encoding;
        }

        private long of(Instant time) {
            return Math.floorDiv(Micros.of(time), micros);
        }

        /** The time that the column keeps. */
        private Instant kept(Instant time) {
            long kept = of(time) * micros;
            return Instant.ofEpochSecond(Math.floorDiv(kept, 1_000_000L), Math.floorMod(kept, 1_000_000L) * 1_000);
        }
    }

    @BeforeAll
    static void start() {
        athena = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    private static String fill(Unit unit) {
        AthenaLocal local = athena.theLocalOne();
        String name = athena.freshName("events");
        local.run("CREATE EXTERNAL TABLE " + name + " (ts bigint, id bigint) PARTITIONED BY (year string, month string,"
                + " day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '" + athena.location(name)
                + "'");
        for (int i = 0; i < TIMES.size(); i++) {
            LocalDate day = LocalDate.ofInstant(TIMES.get(i), ZoneOffset.UTC);
            String key = name
                    + "/year=%04d/month=%02d/day=%02d/%d.csv"
                            .formatted(day.getYear(), day.getMonthValue(), day.getDayOfMonth(), i);
            String line = unit.of(TIMES.get(i)) + "," + i + "\n";
            local.s3Client()
                    .putObject(request -> request.bucket(local.bucket()).key(key), RequestBody.fromString(line));
        }
        local.run("MSCK REPAIR TABLE " + name);
        return name;
    }

    private static AthenaSource existing(Unit unit) {
        return AthenaSource.existing(athena.aws(), TABLE)
                .table(athena.database(), fill(unit))
                .results(athena.results())
                .column("at", "ts", unit.encoding)
                .layout(LAYOUT)
                .build();
    }

    private static List<String> expected(Unit unit) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < TIMES.size(); i++) {
            rows.add(TextCodec.timestamp(unit.kept(TIMES.get(i))) + " " + i);
        }
        return rows;
    }

    private static StoredObject export(AthenaSource source, ExportScan scan) {
        ScanControl control = ScanControl.within(Duration.ofMinutes(1));
        String statement = source.exportStatement(scan).orElseThrow();
        String id = source.startExport(statement, UUID.randomUUID().toString(), control);
        while (true) {
            ExportSource.Progress progress = source.lookAt(id, control);
            if (progress.state() == ExportSource.State.SUCCEEDED) {
                return Objects.requireNonNull(progress.result());
            }
            assertThat(progress.problem()).isNull();
            control.pause(Duration.ofMillis(5), "waiting for the export " + id);
        }
    }

    private static String text(String location) {
        S3Location at = S3Location.parse(location);
        return athena.aws()
                .s3()
                .getObjectAsBytes(get -> get.bucket(at.bucket()).key(at.key()))
                .asUtf8String();
    }

    @ParameterizedTest
    @EnumSource(Unit.class)
    void rows_are_sorted_into_days(Unit unit) {
        try (AthenaSource source = existing(unit)) {
            for (ZoneId zone : List.of(ZoneOffset.UTC, ZoneId.of("Asia/Kathmandu"), ZoneOffset.ofHours(-18))) {
                TreeMap<String, Long> days = TIMES.stream()
                        .collect(Collectors.groupingBy(
                                time -> LocalDate.ofInstant(unit.kept(time), zone)
                                        .toString(),
                                TreeMap::new,
                                Collectors.counting()));
                GroupedScan grouped = GroupedScan.of(
                        Scan.of(TABLE, ALL), Aggregation.overall().perDay(zone).count());
                assertThat(source.aggregate(grouped, ScanControl.unlimited()).rows())
                        .extracting(row -> row.date("day") + ": " + row.int64("count"))
                        .containsExactlyInAnyOrderElementsOf(days.entrySet().stream()
                                .map(day -> day.getKey() + ": " + day.getValue())
                                .toList());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Unit.class)
    void they_are_exported_as_texts_and_hidden_by_late_rows_of_the_same_time(Unit unit) {
        try (AthenaSource source = existing(unit)) {
            List<String> expected = expected(unit);
            ExportScan plain = new ExportScan(
                    Scan.of(TABLE, ALL),
                    ExportScan.Arrangement.SORTED,
                    ExportScan.Guard.NONE,
                    List.of(),
                    List.of(),
                    null);
            assertThat(text(export(source, plain).location()).lines().toList()).isEqualTo(csv(expected));
            int hidden = TIMES.size() - 1;
            Row late = TABLE.rowType().row(new Object[] {unit.kept(TIMES.get(hidden)), (long) hidden});
            Row other = TABLE.rowType().row(new Object[] {Instant.parse("1800-01-01T00:00:00.5Z"), 99L});
            List<String> merged = new ArrayList<>(expected);
            merged.add(3, "1800-01-01 00:00:00.500000 99");
            ExportScan mixed = new ExportScan(
                    Scan.of(TABLE, ALL),
                    ExportScan.Arrangement.SORTED,
                    ExportScan.Guard.NONE,
                    List.of(late, other),
                    List.of(late, other),
                    null);
            assertThat(text(export(source, mixed).location()).lines().toList()).isEqualTo(csv(merged));
        }
    }

    private static List<String> csv(List<String> rows) {
        List<String> lines = new ArrayList<>(List.of("\"at\",\"id\""));
        rows.forEach(row -> lines.add('"' + row.substring(0, row.lastIndexOf(' ')) + "\",\""
                + row.substring(row.lastIndexOf(' ') + 1) + '"'));
        return lines;
    }

    @ParameterizedTest
    @EnumSource(Unit.class)
    void they_are_exported_to_parquet_files(Unit unit) throws SQLException {
        String folder = athena.location(athena.freshName("export"));
        try (AthenaSource source = existing(unit)) {
            ExportScan scan = new ExportScan(
                    Scan.of(TABLE, ALL),
                    ExportScan.Arrangement.ANY,
                    ExportScan.Guard.NONE,
                    List.of(),
                    List.of(),
                    folder);
            List<String> copies = new ArrayList<>();
            text(export(source, scan).location()).lines().forEach(file -> {
                Path copy = directory.resolve(copies.size() + ".parquet");
                S3Location at = S3Location.parse(file);
                athena.aws().s3().getObject(get -> get.bucket(at.bucket()).key(at.key()), copy);
                copies.add("'" + copy + "'");
            });
            List<String> rows = new ArrayList<>();
            try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                    Statement statement = duckDb.createStatement();
                    ResultSet result = statement.executeQuery(
                            "SELECT \"at\" || ' ' || id FROM read_parquet(" + copies + ") ORDER BY id")) {
                while (result.next()) {
                    rows.add(result.getString(1));
                }
            }
            assertThat(rows).isEqualTo(expected(unit));
        }
    }

    @ParameterizedTest
    @EnumSource(Unit.class)
    void the_view_of_an_archive_that_was_taken_over_shows_them(Unit unit) {
        String old = fill(unit);
        String name = athena.freshName("tiered");
        TestClock clock = new TestClock(Instant.parse("9999-12-31T12:00:00Z"));
        MemoryHotStore hot = new MemoryHotStore("hot:events", TABLE, clock);
        try (AthenaSource cold = AthenaSource.adopting(athena.aws(), TABLE, athena.database(), old)
                .table(athena.database(), name)
                .results(athena.results())
                .column("at", "ts", unit.encoding)
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                .location(athena.location(name))
                .view(name + "_archive")
                .createTableIfMissing()
                .build()) {
            Archiver archiver = Archiver.builder(hot, cold)
                    .keep(Period.ofDays(1))
                    .clock(clock)
                    .settle(Duration.ZERO)
                    .build();
            assertThat(Adoption.of(hot, cold).settle(Duration.ZERO).run().isComplete())
                    .isTrue();
            archiver.run();
            String id = athena.theLocalOne()
                    .run("SELECT CAST(ts AS varchar) AS at, id FROM " + name + "_archive ORDER BY id");
            assertThat(text(athena.outputLocation() + id + ".csv").lines().toList())
                    .isEqualTo(csv(expected(unit)));
        }
    }
}
