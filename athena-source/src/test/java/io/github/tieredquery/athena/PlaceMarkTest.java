package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.archive.PlaceMark;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.store.StoredVersion;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** The archive's mark in S3, and what there is of versions. */
class PlaceMarkTest {

    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final TimeRange WINDOW = new TimeRange(DAY, DAY.plusSeconds(86_400));
    private static final ScanControl CONTROL = ScanControl.unlimited();

    private static Athenas athena;

    @BeforeAll
    static void start() {
        athena = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    private static OwnArchiveBuilder source(String name) {
        return athena.source(ArchiveTest.FLIGHTS, name)
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"))
                .createTableIfMissing();
    }

    private static ArchiveMark mark(long number) {
        return new ArchiveMark("archive", number, "nonce " + number, 7, 8, 9, DAY);
    }

    private static void write(AthenaSource source, long version, String origin) {
        Row row = ArchiveTest.FLIGHTS.rowType().row(new Object[] {DAY.plusSeconds(version), version, origin, 1});
        HivePartition partition = source.layout().partitionOf(row);
        try (ColdFile file = source.create(partition, version, 1)) {
            file.write(row);
            file.finish();
        }
    }

    private static void put(String name, String key, String content) {
        S3Location place = S3Location.folder(athena.location(name)).resolve(key);
        athena.aws()
                .s3()
                .putObject(put -> put.bucket(place.bucket()).key(place.key()), RequestBody.fromString(content));
    }

    @Test
    void the_place_of_a_source_is_the_folder_of_its_files_however_it_is_written() {
        String folder = athena.location("places");
        for (String location : List.of(folder, folder.substring(0, folder.length() - 1))) {
            try (AthenaSource source = source("places").location(location).build()) {
                assertThat(source.place()).contains(folder);
            }
        }
    }

    @Test
    void a_mark_takes_the_place_of_the_one_that_was_found_and_of_no_other() {
        try (AthenaSource source = source("marks_a").build()) {
            source.prepare(CONTROL);
            assertThat(source.mark(CONTROL)).isEmpty();
            assertThat(source.mark(mark(1), null, CONTROL)).isTrue();
            StoredMark first = source.mark(CONTROL).orElseThrow();
            assertThat(first.mark()).isEqualTo(mark(1));
            assertThat(source.mark(mark(2), null, CONTROL)).isFalse();
            assertThat(source.mark(mark(2), first, CONTROL)).isTrue();
            assertThat(source.mark(mark(3), first, CONTROL)).isFalse();
            assertThat(source.mark(CONTROL).map(StoredMark::mark)).contains(mark(2));
        }
    }

    @Test
    void a_mark_whose_answer_is_lost_is_there_and_one_of_somebody_else_is_not() {
        try (AthenaSource source = source("marks_e").build()) {
            source.prepare(CONTROL);
            athena.theLocalOne().faults().on("PutObject").inject(Fault.lostResponse());
            assertThat(source.mark(mark(1), null, CONTROL)).isTrue();
            StoredMark first = source.mark(CONTROL).orElseThrow();
            athena.theLocalOne().faults().on("PutObject").inject(Fault.lostResponse());
            assertThat(source.mark(mark(2), first, CONTROL)).isTrue();
            assertThat(source.mark(CONTROL).map(StoredMark::mark)).contains(mark(2));
            ArchiveMark elsewhere = new ArchiveMark("archive", 2, "another nonce", 7, 8, 9, DAY);
            assertThat(source.mark(elsewhere, first, CONTROL)).isFalse();
        }
    }

    @Test
    void who_queries_the_table_or_repairs_it_does_not_see_the_mark() {
        try (AthenaSource source = source("marks_b").build()) {
            source.prepare(CONTROL);
            source.mark(mark(1), null, CONTROL);
            write(source, 1, "SFO");
            athena.theLocalOne().run("MSCK REPAIR TABLE marks_b");
            assertThat(ArchiveTest.read(source, Scan.of(ArchiveTest.FLIGHTS, WINDOW)))
                    .hasSize(1);
        }
    }

    @Test
    void what_is_no_mark_is_refused() {
        try (AthenaSource source = source("marks_c").build()) {
            put("marks_c", PlaceMark.NAME, "tieredquery archive mark 2\narchive x\n");
            assertThatThrownBy(() -> source.mark(CONTROL))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            athena.location("marks_c") + "_tieredquery_mark isn't an archive's mark as this version of"
                                    + " the library writes it. Use the version that wrote it, or a newer one; if somebody else has"
                                    + " put it there, put the object's former version back");
        }
    }

    @Test
    void versions_are_found_by_their_files_whether_registered_or_not() {
        try (AthenaSource source = source("marks_d").build()) {
            source.prepare(CONTROL);
            assertThat(source.stored(0, CONTROL)).isEmpty();
            write(source, 3, "SFO");
            write(source, 5, "SFO");
            write(source, 5, "BER");
            source.mark(mark(1), null, CONTROL);
            put("marks_d", "readme.txt", "not a file of the archive");
            put("marks_d", "year=2024/month=03/day=05/origin=SFO/tq_version=7/part-00001.csv.gz", "not ours");
            List<StoredVersion> all = source.stored(0, CONTROL);
            assertThat(all).extracting(StoredVersion::version).containsExactly(3L, 5L);
            assertThat(all.get(1).files()).isEqualTo(2);
            assertThat(all.get(1).bytes()).isPositive();
            assertThat(all.get(1).partitions())
                    .extracting(partition -> Objects.requireNonNull(partition.value("origin")))
                    .containsExactlyInAnyOrder("SFO", "BER");
            assertThat(source.stored(3, CONTROL))
                    .extracting(StoredVersion::version)
                    .containsExactly(5L);
        }
    }
}
