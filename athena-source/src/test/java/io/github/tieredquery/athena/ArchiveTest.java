package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writing, publishing and observing, and what readers see of it. */
class ArchiveTest {

    static final Table FLIGHTS = Table.builder("flights")
            .time("departed_at")
            .key("id", ColumnType.INT64)
            .column("origin", ColumnType.STRING)
            .column("delay", ColumnType.INT32)
            .build();
    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");
    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final TimeRange WINDOW = new TimeRange(DAY, DAY.plusSeconds(86_400));

    private static Athenas athena;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        athena = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    @Test
    void what_is_written_is_seen_once_it_is_published() {
        try (AthenaSource source = source("flights_a").build()) {
            List<PartitionManifest> manifests = List.of(
                    write(source, 1, flight(1, "SFO", 5), flight(2, "SFO", null)),
                    write(source, 1, flight(3, null, 7)));
            assertThat(source.listVisibleFiles(WINDOW, 1, ScanControl.unlimited()))
                    .isEmpty();
            assertThat(source.unregistered(manifests, ScanControl.unlimited())).isEqualTo(manifests);

            source.publish(manifests, ScanControl.unlimited());
            source.publish(manifests, ScanControl.unlimited());

            assertThat(source.unregistered(manifests, ScanControl.unlimited())).isEmpty();
            assertThat(source.listVisibleFiles(WINDOW, 1, ScanControl.unlimited()))
                    .containsExactlyInAnyOrderElementsOf(manifests.stream()
                            .flatMap(each -> each.files().stream())
                            .map(each -> new StoredFile(each.location(), each.rows(), -1))
                            .toList());
            assertThat(read(source, Scan.of(FLIGHTS, WINDOW)))
                    .containsExactly(flight(1, "SFO", 5), flight(2, "SFO", null), flight(3, null, 7));
            assertThat(read(source, Scan.of(FLIGHTS, WINDOW).filter(Filter.isNull("origin"))))
                    .containsExactly(flight(3, null, 7));
        }
    }

    @Test
    void readers_see_the_versions_that_they_may_see() {
        try (AthenaSource source = source("flights_b").build()) {
            for (long version = 1; version <= 3; version++) {
                source.publish(
                        List.of(write(source, version, flight(version, "SFO", (int) version))),
                        ScanControl.unlimited());
            }
            Scan scan = Scan.of(FLIGHTS, WINDOW);
            assertThat(read(source, scan.versions(new VisibleVersions(2, new TreeSet<>()))))
                    .containsExactly(flight(1, "SFO", 1), flight(2, "SFO", 2));
            assertThat(read(source, scan.versions(new VisibleVersions(3, new TreeSet<>(List.of(1L, 2L))))))
                    .containsExactly(flight(3, "SFO", 3));
            assertThat(read(source, scan.versions(new VisibleVersions(0, new TreeSet<>()))))
                    .isEmpty();
            assertThat(source.listVisibleFiles(WINDOW, 2, ScanControl.unlimited()))
                    .extracting(StoredFile::rows)
                    .containsExactly(1L);
        }
    }

    @Test
    void only_the_partitions_that_a_scan_needs_are_read() {
        try (AthenaSource source = source("flights_c").build()) {
            source.publish(
                    List.of(write(source, 1, flight(1, "SFO", 5)), write(source, 1, flight(2, "JFK", 6))),
                    ScanControl.unlimited());
            assertThat(source.explain(Scan.of(FLIGHTS, WINDOW).filter(Filter.eq("origin", "JFK")))
                            .statement())
                    .isEqualTo("SELECT t.\"departed_at\" AS \"departed_at\", t.\"id\" AS \"id\", t.\"origin\" AS"
                            + " \"origin\", t.\"delay\" AS \"delay\" FROM \"default\".\"flights_c\" t WHERE"
                            + " (t.\"year\" = '2024' AND t.\"month\" = '03' AND t.\"day\" = '05' AND t.\"origin\" = ?) AND"
                            + " t.\"departed_at\" >= '2024-03-05 00:00:00.000000' AND t.\"departed_at\" <"
                            + " '2024-03-06 00:00:00.000000' ORDER BY t.\"departed_at\", CAST(t.\"id\" AS bigint)");
            Scan jfk = Scan.of(FLIGHTS, WINDOW).filter(Filter.eq("origin", "JFK"));
            long all = scanned(source, Scan.of(FLIGHTS, WINDOW));
            assertThat(scanned(source, jfk)).isPositive().isLessThan(all);
        }
    }

    @Test
    void msck_finds_what_was_written_too() {
        try (AthenaSource source =
                source("flights_d").registration(Registration.msck()).build()) {
            List<PartitionManifest> manifests = List.of(write(source, 1, flight(1, "SFO", 5)));
            source.publish(manifests, ScanControl.unlimited());
            assertThat(source.unregistered(manifests, ScanControl.unlimited())).isEmpty();
            assertThat(read(source, Scan.of(FLIGHTS, WINDOW))).containsExactly(flight(1, "SFO", 5));
        }
    }

    @Test
    void a_value_that_msck_passes_over_is_refused_by_name() {
        try (AthenaSource source =
                source("flights_m").registration(Registration.msck()).build()) {
            assertThatThrownBy(() -> write(source, 1, flight(1, "S:O", 5)))
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'flights': the partition year=2024/month=03/day=05/origin=S%3AO has 'S:O' in the"
                            + " partition column 'origin', and MSCK REPAIR TABLE passes over values with a"
                            + " colon without a word. Register by Registration.addPartition(), change the value, or leave"
                            + " the column out of the layout");
        }
        try (AthenaSource source = source("flights_m").build()) {
            assertThat(write(source, 1, flight(1, "S:O", 5)).rows()).isEqualTo(1);
        }
    }

    @Test
    void texts_that_some_databases_hold_and_the_archive_does_not_are_refused_by_name() {
        try (AthenaSource source = source("flights_n")
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                .build()) {
            assertThatThrownBy(() -> write(source, 1, flight(7, "S\0O", 5)))
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'flights', the row [departed_at=2024-03-05T00:00:07Z, id=7], column 'origin':"
                            + " STRING cannot hold the character NUL (at index 1). Change the row; later rows wait for"
                            + " it");
            assertThatThrownBy(() -> write(source, 1, flight(7, "\uD800", 5)))
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'flights', the row [departed_at=2024-03-05T00:00:07Z, id=7], column 'origin':"
                            + " STRING cannot hold an unpaired surrogate (at index 0). Change the row; later rows wait"
                            + " for it");
        }
        try (AthenaSource source = source("flights_o").build()) {
            assertThatThrownBy(() -> write(source, 1, flight(7, "S\0O", 5)))
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'flights': the partition year=2024/month=03/day=05/origin=S\uFFFDO has the"
                            + " character NUL (at index 1) in the partition column 'origin', which no path holds. Change"
                            + " the value, or leave the column out of the layout");
        }
    }

    @Test
    void names_that_are_none_in_athena_are_refused() {
        for (String name :
                List.of("", "a`; DROP TABLE b", "a\"b", "A", "a.b", "a b", "a\\", "a'", "--", "x".repeat(256))) {
            assertThatThrownBy(() -> AthenaSource.archive(athena.aws(), FLIGHTS).table("lake", name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the table '" + name + "' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
            assertThatThrownBy(() -> AthenaSource.archive(athena.aws(), FLIGHTS).table(name, "flights"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the database '" + name + "' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
        }
    }

    @Test
    void a_path_that_s3_cannot_hold_is_refused_by_name() {
        try (AthenaSource source = source("flights_l").build()) {
            assertThatThrownBy(() -> write(source, 1, flight(1, "'".repeat(330), 5)))
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'flights': the partition year=2024/month=03/day=05/origin=" + "%27".repeat(22)
                            + "%… has a path so long that its files' keys have 1073 bytes, and S3's have 1024 at most."
                            + " Change the values of [origin], or leave a column out of the layout");
        }
    }

    @Test
    void projected_partitions_need_no_registration() {
        try (AthenaSource source = source("flights_e")
                .layout(LAYOUT.withoutVersion())
                .registration(Registration.projection(2020, 2030, Map.of("origin", List.of("SFO", "JFK"))))
                .build()) {
            List<PartitionManifest> manifests = List.of(write(source, 1, flight(1, "SFO", 5)));
            source.publish(manifests, ScanControl.unlimited());
            assertThat(source.unregistered(manifests, ScanControl.unlimited())).isEmpty();
            assertThat(read(source, Scan.of(FLIGHTS, WINDOW))).containsExactly(flight(1, "SFO", 5));
        }
    }

    @Test
    void projection_with_versions_is_refused() {
        assertThatThrownBy(() -> source("flights_f")
                        .registration(Registration.projection(2000, 2099, Map.of()))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default.flights_f: partition projection can't work versions out; say"
                        + " layout(….withoutVersion()), which promises less, or register partitions with"
                        + " Registration.addPartition()");
    }

    @Test
    void many_partitions_are_registered_in_few_statements() {
        try (AthenaSource source = source("flights_g").build()) {
            List<PartitionManifest> manifests = new ArrayList<>();
            for (int i = 0; i < 2_500; i++) {
                HivePartition partition = source.layout().partitionOf(flight(i, "o'\\" + i, 1));
                manifests.add(new PartitionManifest(partition, 1, List.of(), 1, 1, DAY, DAY, RowDigest.EMPTY, 1));
            }
            long before = athena.theLocalOne().counters().athena("StartQueryExecution");
            source.publish(manifests, ScanControl.unlimited());
            assertThat(athena.theLocalOne().counters().athena("StartQueryExecution") - before)
                    .isEqualTo(3);
            assertThat(source.unregistered(manifests, ScanControl.unlimited())).isEmpty();
        }
    }

    @Test
    void a_row_that_lacks_a_required_value_is_refused_by_key_and_column() {
        Table strict = Table.builder("flights")
                .time("departed_at")
                .key("id", ColumnType.INT64)
                .column("origin", ColumnType.STRING)
                .required("delay", ColumnType.INT32)
                .build();
        try (AthenaSource source = AthenaSource.archive(athena.aws(), strict)
                        .table("default", "flights_h")
                        .layout(LAYOUT)
                        .location(athena.location("flights_h"))
                        .results(AthenaResults.at(athena.outputLocation()))
                        .createTableIfMissing()
                        .build();
                ColdFile file = source.create(source.layout().partitionOf(flight(1, "SFO", 1)), 1, 1)) {
            assertThatThrownBy(() -> file.write(flight(7, "SFO", null)))
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'flights', the row [departed_at=2024-03-05T00:00:07Z, id=7], column 'delay': it"
                            + " is NULL, and the table says it never is. Change the row; later rows wait for it");
        }
    }

    @Test
    void nothing_is_left_on_the_disk_whether_a_file_is_finished_or_dropped() throws Exception {
        try (AthenaSource source = source("flights_i").workDirectory(directory).build()) {
            write(source, 1, flight(1, "SFO", 1));
            ColdFile dropped = source.create(source.layout().partitionOf(flight(1, "SFO", 1)), 1, 2);
            dropped.write(flight(1, "SFO", 1));
            dropped.close();
            dropped.close();
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void a_table_of_another_shape_is_refused_with_every_difference() {
        athena.theLocalOne()
                .run("CREATE EXTERNAL TABLE flights_j (departed_at timestamp, id string) PARTITIONED BY (year string,"
                        + " month int) STORED AS PARQUET LOCATION '" + athena.location("flights_j") + "'");
        assertThatThrownBy(() -> source("flights_j").build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default.flights_j: the table in Athena isn't the one that the source describes:"
                        + " column 'departed_at', TIMESTAMP, can't be read from 'departed_at', which is timestamp and"
                        + " not string; column 'delay' needs a column 'delay', and there is [departed_at, id]; the"
                        + " partition columns are [year, month], and the layout's are [year, month, day, origin,"
                        + " tq_version]; the partition column 'month' is int and not string");
    }

    @Test
    void a_missing_table_is_refused_with_the_statement_that_makes_it() {
        assertThatThrownBy(() -> AthenaSource.archive(athena.aws(), FLIGHTS)
                        .table("default", "flights_k")
                        .layout(LAYOUT)
                        .location("s3://lake/flights/")
                        .results(AthenaResults.at(athena.outputLocation()))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("""
                        athena:default.flights_k: there is no such table in the catalog AwsDataCatalog; make it with \
                        createTableIfMissing(), or run
                        CREATE EXTERNAL TABLE IF NOT EXISTS `default`.`flights_k` (
                          `departed_at` string,
                          `id` string,
                          `delay` string
                        )
                        PARTITIONED BY (
                          `year` string,
                          `month` string,
                          `day` string,
                          `origin` string,
                          `tq_version` string
                        )
                        ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
                        WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\\\')
                        STORED AS TEXTFILE
                        LOCATION 's3://lake/flights/'
                        TBLPROPERTIES ('skip.header.line.count' = '1')""");
    }

    @Test
    void a_closed_source_takes_no_scans() {
        AthenaSource source = source("flights_l").build();
        source.close();
        source.close();
        assertThatThrownBy(() -> read(source, Scan.of(FLIGHTS, WINDOW)))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("athena:default.flights_l: the source is closed; starting a statement needs an open one");
    }

    @Test
    void a_file_beyond_the_five_gib_of_one_copy_is_copied_in_parts() {
        try (AthenaSource source = source("flights_large").build()) {
            PartitionManifest manifest = write(source, 1, flight(1, "SFO", 5));
            StoredFile said = new StoredFile(manifest.files().get(0).location(), 1, (5L << 30) + 1);
            Counters before = athena.theLocalOne().counters();

            StoredFile copy = source.copy(said, manifest.partition(), 2, 1, ScanControl.unlimited());

            Counters took = athena.theLocalOne().counters().since(before);
            assertThat(took.s3("UploadPartCopy")).as("of what there is").isEqualTo(1);
            assertThat(took.s3("CopyObject")).isZero();
            source.publish(List.of(manifest.movedTo(2, List.of(copy))), ScanControl.unlimited());
            assertThat(read(source, Scan.of(FLIGHTS, WINDOW))).containsExactly(flight(1, "SFO", 5));
        }
    }

    private static OwnArchiveBuilder source(String name) {
        return AthenaSource.archive(athena.aws(), FLIGHTS)
                .table("default", name)
                .layout(LAYOUT)
                .location(athena.location(name))
                .results(AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                .createTableIfMissing();
    }

    private static Row flight(long id, @Nullable String origin, @Nullable Integer delay) {
        return FLIGHTS.rowType().row(new @Nullable Object[] {DAY.plusSeconds(id), id, origin, delay});
    }

    private static PartitionManifest write(AthenaSource source, long version, Row... rows) {
        HivePartition partition = source.layout().partitionOf(rows[0]);
        RowDigest.Builder digest = new RowDigest.Builder(FLIGHTS.rowType());
        try (ColdFile file = source.create(partition, version, 1)) {
            for (Row row : rows) {
                file.write(row);
                digest.add(row);
            }
            StoredFile stored = file.finish();
            return new PartitionManifest(
                    partition,
                    version,
                    List.of(stored),
                    rows.length,
                    stored.bytes(),
                    Objects.requireNonNull(rows[0].timestamp("departed_at")),
                    Objects.requireNonNull(rows[rows.length - 1].timestamp("departed_at")),
                    digest.build(),
                    1);
        }
    }

    private static long scanned(AthenaSource source, Scan scan) {
        try (RowCursor cursor = source.open(scan, ScanControl.unlimited())) {
            return cursor.stats().bytesScanned();
        }
    }

    static List<Row> read(AthenaSource source, Scan scan) {
        List<Row> rows = new ArrayList<>();
        try (RowCursor cursor = source.open(scan, ScanControl.unlimited())) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }
}
