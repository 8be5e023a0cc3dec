package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.ArchiverBuilder;
import io.github.tieredquery.archive.BudgetedRun;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Late and erased rows of an archive in S3, through Athena, before they are swept and after. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SweepContract {

    private static final Table TABLE = Table.builder("payments")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("shop", ColumnType.STRING)
            .column("amount", ColumnType.decimal(12, 2))
            .column("note", ColumnType.STRING)
            .column("share", ColumnType.DOUBLE)
            .build();
    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final Query ALL = Query.between(DAY.minus(9, ChronoUnit.DAYS), DAY.plus(99, ChronoUnit.DAYS));

    private final Athenas athena = Athenas.local();
    private final TestClock clock = new TestClock(DAY.plus(5, ChronoUnit.DAYS));

    /** Chooses the format. */
    protected abstract OwnArchiveBuilder with(OwnArchiveBuilder builder);

    private AthenaSource source(String name) {
        return with(athena.source(TABLE, name)
                        .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("shop"))
                        .createTableIfMissing())
                .build();
    }

    private ArchiverBuilder archiver(MemoryHotStore hot, AthenaSource cold) {
        return Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO);
    }

    private static Row payment(long id, @Nullable String shop, @Nullable String note) {
        return TABLE.rowType().row(new @Nullable Object[] {
            DAY.plus(id * 1_000_001, ChronoUnit.MICROS), id, shop, new BigDecimal("-1.50"), note, id / 3.0
        });
    }

    @Test
    void a_window_goes_on_at_its_last_finished_file_and_s3_copies_those_of_an_archiver_that_died() {
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        try (AthenaSource cold = source(athena.freshName("payments"))) {
            List<Row> rows = new ArrayList<>();
            for (long id = 0; id < 40; id++) {
                rows.add(payment(id, List.of("a/b", "c", "d=%").get((int) id % 3), "note " + id));
            }
            rows.add(payment(40, null, ""));
            hot.put(rows);
            TieredQuery<Row> payments =
                    TieredQuery.builder(TABLE).hot(hot).cold(cold).clock(clock).build();
            ArchiverBuilder builder = archiver(hot, cold).rowsPerFile(5);
            assertThatThrownBy(() -> builder.listener(progress -> {
                                if (progress.files() == 2) {
                                    throw new IllegalStateException("gone");
                                }
                            })
                            .build()
                            .run())
                    .hasMessage("gone");
            long copies = athena.theLocalOne().counters().s3("CopyObject");
            AtomicLong minutes = new AtomicLong();
            Archiver brokenOff = builder.listener(progress -> minutes.set(progress.files() == 6 ? 14 : 0))
                    .build();
            ArchiveReport first = BudgetedRun.run(
                    brokenOff,
                    Duration.ofMinutes(15),
                    () -> Duration.ofMinutes(minutes.get()).toNanos());
            assertThat(first.suspended()).isNotNull();
            assertThat(payments.list(ALL)).isEqualTo(rows);
            ArchiveReport second = builder.listener(progress -> {}).build().run();
            assertThat(second.windows())
                    .extracting(
                            ArchiveReport.Window::version,
                            ArchiveReport.Window::rows,
                            ArchiveReport.Window::files,
                            ArchiveReport.Window::filesTakenOver)
                    .containsExactly(tuple(2L, 41L, 10, 6));
            assertThat(athena.theLocalOne().counters().s3("CopyObject") - copies)
                    .isEqualTo(2);
            assertThat(hot.rows()).isEmpty();
            assertThat(payments.list(ALL)).isEqualTo(rows);
        }
    }

    @Test
    void late_and_erased_rows_are_folded_into_new_files_and_the_others_are_copied_by_s3() {
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        try (AthenaSource cold = source(athena.freshName("payments"))) {
            List<Row> rows = new ArrayList<>();
            for (long id = 0; id < 40; id++) {
                rows.add(payment(id, List.of("a/b", "c", "d=%").get((int) id % 3), id % 2 == 0 ? null : "é\n\"," + id));
            }
            rows.add(payment(40, null, ""));
            hot.put(rows);
            assertThat(archiver(hot, cold).build().run().rows()).isEqualTo(41);

            Row moved = payment(4, "d=%", "was in another partition");
            Row late = payment(50, "d=%", "late");
            hot.put(moved, late);
            Eraser.of(hot).erase(List.of(rows.get(2)));
            rows.set(4, moved);
            rows.remove(2);
            rows.add(late);
            TieredQuery<Row> payments =
                    TieredQuery.builder(TABLE).hot(hot).cold(cold).clock(clock).build();
            assertThat(payments.list(ALL)).isEqualTo(rows);

            long copies = athena.theLocalOne().counters().s3("CopyObject");
            ArchiveReport report = archiver(hot, cold).build().run();
            assertThat(report.sweeps())
                    .extracting(
                            ArchiveReport.Sweep::lateRows, ArchiveReport.Sweep::erasedKeys, ArchiveReport.Sweep::rows)
                    .containsExactly(tuple(2L, 1L, 41L));
            assertThat(hot.rows()).isEmpty();
            assertThat(payments.list(ALL)).isEqualTo(rows);
            assertThat(payments.list(ALL.where(Filter.eq("shop", "d=%")))).contains(moved, late);
            assertThat(payments.count(ALL.where(Filter.eq("shop", "c")))).isEqualTo(12);
            List<String> files = hot.manifests().stream()
                    .flatMap(manifest -> manifest.files().stream())
                    .map(StoredFile::location)
                    .toList();
            assertThat(files).hasSize(4).allMatch(file -> file.contains("tq_version=0000000003"));
            assertThat(hot.manifests())
                    .extracting(PartitionManifest::rows)
                    .containsExactlyInAnyOrder(14L, 12L, 14L, 1L);
            assertThat(athena.theLocalOne().counters().s3("CopyObject") - copies)
                    .as("of the partitions that nothing has changed in")
                    .isEqualTo(2);
        }
    }

    @Test
    void what_nobody_can_be_reading_any_more_is_removed_from_the_catalog_and_from_s3() {
        MemoryHotStore store = new MemoryHotStore("hot:payments", TABLE, clock);
        String name = athena.freshName("payments");
        try (AthenaSource cold = source(name)) {
            Row first = payment(101, "x", "one");
            Row second = payment(102, "a/b", "two");
            store.put(first, second);
            archiver(store, cold).build().run();
            Row late = payment(103, "x", "late");
            store.put(late);
            archiver(store, cold).build().run();
            assertThat(objects(name)).hasSize(4);
            long bytes = write(cold, 99, first).bytes();
            clock.advance(Duration.ofHours(12));
            CleanUpResult removed = archiver(store, cold).build().run().removed();
            assertThat(removed.versions()).isEqualTo(1);
            assertThat(removed.partitions()).isEqualTo(2);
            assertThat(removed.files()).isEqualTo(2);
            assertThat(objects(name)).hasSize(3).noneMatch(key -> key.contains("tq_version=0000000001"));

            S3Location upload = S3Location.parse(athena.location(name))
                    .resolve("year=2024/month=03/day=05/shop=x/tq_version=0000000099/a");
            String id = athena.aws()
                    .s3()
                    .createMultipartUpload(
                            request -> request.bucket(upload.bucket()).key(upload.key()))
                    .uploadId();
            assertThat(id).isNotEmpty();
            DeadVersion dead = new DeadVersion(99, new TimeRange(DAY, DAY.plus(1, ChronoUnit.DAYS)));
            assertThat(cold.remove(List.of(dead), ScanControl.unlimited()))
                    .isEqualTo(new CleanUpResult(1, 0, 1, bytes));
            assertThat(cold.remove(List.of(dead), ScanControl.unlimited())).isEqualTo(new CleanUpResult(1, 0, 0, 0));
            assertThat(athena.aws()
                            .s3()
                            .listMultipartUploads(request -> request.bucket(upload.bucket()))
                            .uploads())
                    .isEmpty();
            assertThat(objects(name)).hasSize(2);
            assertThat(TieredQuery.builder(TABLE)
                            .hot(store)
                            .cold(cold)
                            .clock(clock)
                            .build()
                            .list(ALL))
                    .containsExactly(first, second, late);
        }
    }

    private static StoredFile write(AthenaSource cold, long version, Row row) {
        try (ColdFile file = cold.create(cold.layout().partitionOf(row), version, 1)) {
            file.write(row);
            return file.finish();
        }
    }

    private List<String> objects(String name) {
        return athena.objects(name).stream().map(S3Object::key).toList();
    }

    @AfterAll
    void close_athena() {
        athena.close();
    }
}
