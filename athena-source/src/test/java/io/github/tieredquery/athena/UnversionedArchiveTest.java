package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchivePhase;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.ArchiverBuilder;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Archiving without versions, in each way that Athena gets to know of partitions. */
class UnversionedArchiveTest {

    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin").withoutVersion();
    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final TimeRange WINDOW = new TimeRange(DAY, DAY.plus(1, ChronoUnit.DAYS));
    private static final Query ALL = Query.between(DAY.minus(9, ChronoUnit.DAYS), DAY.plus(99, ChronoUnit.DAYS));
    private static final String PATH = "year=2024/month=03/day=05/";

    private static Athenas athena;

    private static final Registration PROJECTED =
            Registration.projection(2023, 2025, Map.of("origin", List.of("SFO", "JFK", "LAX")));

    private final TestClock clock = new TestClock(DAY.plus(3, ChronoUnit.DAYS));
    private final MemoryHotStore hot = new MemoryHotStore("hot:flights", ArchiveTest.FLIGHTS, clock);
    private final String name = "flights_" + UUID.randomUUID().toString().replace("-", "");

    @BeforeAll
    static void start() {
        athena = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    private static List<Registration> registrations() {
        return List.of(Registration.addPartition(), Registration.msck(), PROJECTED);
    }

    @ParameterizedTest
    @MethodSource("registrations")
    void what_a_failed_attempt_has_left_goes_and_rows_are_read_once(Registration registration) {
        hot.put(flight(1, "SFO", 1), flight(2, "JFK", 2), flight(3, "JFK", 3));
        try (AthenaSource cold = plain(name).registration(registration).build()) {
            assertThatThrownBy(() -> archiver(cold)
                            .listener(progress -> {
                                if (progress.phase() == ArchivePhase.COMMIT) {
                                    throw new IllegalStateException("gone");
                                }
                            })
                            .build()
                            .run())
                    .hasMessage("gone");
            assertThat(keys())
                    .containsExactly(PATH + "origin=JFK/part-00001.csv.gz", PATH + "origin=SFO/part-00001.csv.gz");
            athena.aws()
                    .s3()
                    .createMultipartUpload(request -> request.bucket(place("").bucket())
                            .key(place(PATH + "origin=JFK/part-00002.csv.gz").key()));
            // Its partition stays in the catalog, without rows.
            hot.delete(flight(1, "SFO", 1));
            hot.put(flight(4, "LAX", 4));

            ArchiveReport report = archiver(cold).build().run();

            assertThat(report.removed().files()).isEqualTo(2);
            assertThat(keys())
                    .containsExactly(PATH + "origin=JFK/part-00001.csv.gz", PATH + "origin=LAX/part-00001.csv.gz");
            assertThat(uploads()).isEmpty();
            assertThat(hot.rows()).isEmpty();
            TieredQuery<Row> flights = TieredQuery.builder(ArchiveTest.FLIGHTS)
                    .hot(hot)
                    .cold(cold)
                    .clock(clock)
                    .build();
            assertThat(flights.list(ALL))
                    .containsExactly(flight(2, "JFK", 2), flight(3, "JFK", 3), flight(4, "LAX", 4));
            assertThat(flights.count(ALL)).isEqualTo(3);

            hot.put(flight(2, "JFK", 7));
            Eraser.of(hot).erase(List.of(flight(4, "LAX", 4)));
            assertThat(archiver(cold).build().run().unswept()).isEmpty();
            assertThat(flights.list(ALL)).containsExactly(flight(2, "JFK", 7), flight(3, "JFK", 3));
            assertThat(flights.count(ALL)).isEqualTo(2);
        }
    }

    @Test
    void a_file_whose_put_was_carried_out_unanswered_is_ours_and_a_conflict_is_tried_again() {
        hot.put(flight(1, "SFO", 1), flight(2, "JFK", 2));
        try (AthenaSource cold = plain(name).build()) {
            athena.theLocalOne().faults().on("PutObject").inject(Fault.lostResponse());
            athena.theLocalOne()
                    .faults()
                    .on("PutObject")
                    .times(2)
                    .matching(key -> key.contains("origin=SFO"))
                    .inject(Fault.error(409, "ConditionalRequestConflict", "A conflicting operation is in progress"));
            assertThat(archiver(cold).build().run().rows()).isEqualTo(2);
            assertThat(hot.rows()).isEmpty();
            assertThat(keys())
                    .containsExactly(PATH + "origin=JFK/part-00001.csv.gz", PATH + "origin=SFO/part-00001.csv.gz");
        }
    }

    @Test
    void somebody_elses_file_is_refused_by_name_and_stays() {
        hot.put(flight(1, "SFO", 1));
        String key = PATH + "origin=JFK/part-00001.csv.gz";
        put(key);
        try (AthenaSource cold = plain(name).build()) {
            for (int run = 0; run < 2; run++) {
                assertThatThrownBy(() -> archiver(cold).build().run())
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessage("athena:default." + name + ": " + place(key) + " lies where"
                                + " [0001-01-01T00:00:00Z, +10000-01-01T00:00:00Z) is to be archived, and no attempt of"
                                + " this archive has written it. Readers would see its rows beside the archived ones, so"
                                + " nothing was written. Move it away, or archive into a place of its own");
                assertThat(keys()).containsExactly(key);
                assertThat(hot.rows()).hasSize(1);
            }
        }
    }

    @Test
    void leftovers_are_told_from_what_stays_and_from_what_is_somebody_elses() {
        String kept = PATH + "origin=JFK/part-00001.csv.gz";
        String leftover = PATH + "origin=a%2Fb/part-00002.csv.gz";
        String nested = PATH + "origin=JFK/more/part-00003.csv.gz";
        List<String> others = List.of(
                "part-00001.csv.gz",
                "year=2024/month=03/day=04/origin=JFK/part-00001.csv.gz",
                "year=2024/month=03/day=06/origin=JFK/data.csv",
                PATH + "origin=JFK/_SUCCESS",
                PATH + "origin=JFK/.part-00004.csv.gz");
        others.forEach(this::put);
        List.of(kept, leftover, nested).forEach(this::put);
        try (AthenaSource cold = plain(name).build()) {
            List<StoredFile> staying = List.of(new StoredFile(place(kept).toString(), 1, 1));
            assertThatThrownBy(() -> cold.removeLeftovers(WINDOW, staying, List.of(WINDOW), ScanControl.unlimited()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("athena:default." + name + ": " + place(nested) + " lies where " + WINDOW);
            assertThat(keys()).contains(leftover);
            athena.aws()
                    .s3()
                    .deleteObject(request -> request.bucket(place(nested).bucket())
                            .key(place(nested).key()));
            assertThat(cold.removeLeftovers(WINDOW, staying, List.of(WINDOW), ScanControl.unlimited())
                            .files())
                    .isEqualTo(1);
            assertThat(keys()).contains(kept).containsAll(others).hasSize(others.size() + 1);
            assertThatThrownBy(() -> cold.removeLeftovers(WINDOW, List.of(), List.of(), ScanControl.unlimited()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(place(kept).toString());
        }
    }

    @Test
    void a_file_that_is_there_is_not_replaced() {
        try (AthenaSource cold = plain(name).build()) {
            write(cold, flight(1, "SFO", 1));
            assertThatThrownBy(() -> write(cold, flight(2, "SFO", 2)))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessageStartingWith("putting " + place(PATH + "origin=SFO/part-00001.csv.gz") + " failed: ");
        }
    }

    @Test
    void values_that_are_not_projected_are_refused_and_so_are_injected_columns() {
        hot.put(flight(1, "OAK", 1));
        try (AthenaSource cold = plain(name).registration(PROJECTED).build()) {
            assertThatThrownBy(() -> archiver(cold).build().run())
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'flights': the partition year=2024/month=03/day=05/origin=OAK has 'OAK' in the"
                            + " partition column 'origin', which Athena wouldn't look for: the projected values are"
                            + " [SFO, JFK, LAX]. Add it to Registration.projection(…) and to the table's properties, or change"
                            + " the value");
        }
        try (AthenaSource cold = plain(name)
                .registration(Registration.projection(2023, 2025, Map.of()))
                .build()) {
            assertThatThrownBy(() -> archiver(cold).build().run())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            cold.name() + ": the partition column 'origin' is injected, so Athena can't count what a"
                                    + " window holds, and nothing can be archived; say its values with"
                                    + " Registration.projection(…)");
        }
    }

    private static OwnArchiveBuilder plain(String table) {
        return athena.source(ArchiveTest.FLIGHTS, table).layout(LAYOUT).createTableIfMissing();
    }

    private ArchiverBuilder archiver(AthenaSource cold) {
        return Archiver.builder(hot, cold).keep(Period.ofDays(2)).clock(clock).settle(Duration.ZERO);
    }

    private static Row flight(long id, String origin, int delay) {
        return ArchiveTest.FLIGHTS.rowType().row(new @Nullable Object[] {DAY.plusSeconds(id), id, origin, delay});
    }

    private static void write(AthenaSource cold, Row row) {
        try (ColdFile file = cold.create(cold.layout().partitionOf(row), 1, 1)) {
            file.write(row);
            file.finish();
        }
    }

    private S3Location place(String key) {
        return S3Location.folder(athena.location(name)).resolve(key);
    }

    private void put(String key) {
        athena.aws()
                .s3()
                .putObject(
                        request -> request.bucket(place(key).bucket())
                                .key(place(key).key()),
                        RequestBody.fromString("x"));
    }

    private List<String> keys() {
        String folder = place("").key();
        return athena.objects(name).stream()
                .map(S3Object::key)
                .map(key -> key.substring(folder.length()))
                .toList();
    }

    private List<String> uploads() {
        S3Location folder = place("");
        return athena
                .aws()
                .s3()
                .listMultipartUploads(request -> request.bucket(folder.bucket()).prefix(folder.key()))
                .uploads()
                .stream()
                .map(MultipartUpload::key)
                .toList();
    }
}
