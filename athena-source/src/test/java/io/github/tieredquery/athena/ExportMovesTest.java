package io.github.tieredquery.athena;

import static io.github.tieredquery.query.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.export.ExporterBuilder;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.MemorySource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Exports of rows that lie in both tiers, or change the tier or vanish while they are exported. */
class ExportMovesTest {

    private static final int DEATHS = 3;
    private static final AthenaLocal ATHENA = AthenaLocal.start();
    private static final AwsAccess AWS = Athenas.access(ATHENA).build();
    private static final String FOLDER = "s3://" + ATHENA.bucket() + "/";

    @AfterAll
    static void close() {
        AWS.close();
        ATHENA.close();
    }

    private static Exports things(String name) {
        return new Exports(AWS, "default", FOLDER, ATHENA.outputLocation(), name);
    }

    private static Instant day(int day) {
        return Exports.START.plus(day, ChronoUnit.DAYS);
    }

    /** The row with its time and key, and with other values. */
    private static Row changed(Row row, long id, Random random) {
        Row other = Exports.row(Exports.time(row), id, random);
        @Nullable Object[] values = new @Nullable Object[row.type().columns().size()];
        for (int column = 0; column < values.length; column++) {
            values[column] = column < 3 ? row.value(column) : other.value(column);
        }
        return row.type().row(values);
    }

    @Test
    void rows_of_an_overlap_are_exported_once_and_as_the_hot_tier_has_them() {
        Random random = new Random(8);
        List<Row> all = Exports.rows(4, 30, 8);
        List<Row> archived = new ArrayList<>();
        List<Row> hot = new ArrayList<>();
        List<Row> expected = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Row row = all.get(i);
            boolean overlaps =
                    !Exports.time(row).isBefore(day(2)) && Exports.time(row).isBefore(day(3));
            boolean late = overlaps && i % 3 == 1;
            if (Exports.time(row).isBefore(day(3)) && !late) {
                archived.add(row);
            }
            Row current = overlaps && i % 3 == 2 ? changed(row, i, random) : row;
            // A third of the overlap is only archived: whoever fills the archive may also empty the database early.
            if (!Exports.time(row).isBefore(day(2)) && (!overlaps || i % 3 > 0)) {
                hot.add(current);
            }
            expected.add(current);
        }
        try (AthenaSource cold = AthenaSource.archive(AWS, Exports.TABLE)
                .table("default", "overlapping")
                .location(FOLDER + "overlapping/")
                .results(AthenaResults.at(ATHENA.outputLocation()))
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC)
                        .thenBy("origin")
                        .withoutVersion())
                .createTableIfMissing()
                .build()) {
            cold.prepare(io.github.tieredquery.spi.ScanControl.unlimited());
            ColdRows.write(cold, 1, archived);
            TieredQueryBuilder query = TieredQuery.builder(Exports.TABLE)
                    .hot(new MemorySource("hot", Exports.TABLE, hot))
                    .cold(cold)
                    .clock(InstantSource.fixed(day(4).plusSeconds(40_000)))
                    .boundary(Boundary.daysAgo(1, ZoneOffset.UTC).overlapDays(1))
                    .tokenKeys(Exports.KEY);
            Exporter exporter = Exports.fast(query.build().exporter(S3ExportStore.of(AWS, FOLDER + "overlaps/")))
                    .build();
            for (Query each : List.of(
                    Exports.all(),
                    Exports.all().newestFirst(),
                    Exports.all().where(eq("origin", "SFO")).columns("label", "at"))) {
                assertThat(text(exporter.export(each))).isEqualTo(ExportTest.expected(each, expected));
            }
        }
    }

    private static String text(ExportStatus.Done done) {
        S3Location at = S3Location.parse(done.object().location());
        return AWS.s3()
                .getObjectAsBytes(get -> get.bucket(at.bucket()).key(at.key()))
                .asUtf8String();
    }

    @Test
    void rows_that_are_archived_while_they_are_exported_are_exported_once() {
        // Six megabytes a day: one is archived at the start, and three aren't.
        List<Row> rows = new ArrayList<>();
        Exports.rows(4, 32, 6).forEach(row -> rows.add(Exports.withLabel(row, 200_000)));
        Set<String> kinds = Set.of("startExport", "upload");
        List<Moment> moments = new ArrayList<>();
        for (Order order : Order.values()) {
            MortalProcess healthy = new MortalProcess(0);
            exportWhileArchived(order + "_healthy", rows, ExportVictim.query(order.name()), healthy);
            for (int call = 1; call <= healthy.calls().size(); call++) {
                if (kinds.contains(healthy.calls().get(call - 1))) {
                    moments.add(new Moment(order, call));
                }
            }
        }
        for (Moment moment : MortalProcess.chosen(moments, DEATHS)) {
            Query query = ExportVictim.query(moment.order().name());
            String name = moment.order() + "_" + moment.call();
            assertThat(exportWhileArchived(name, rows, query, new MortalProcess(moment.call()))
                            .equals(ExportTest.expected(query, rows)))
                    .as("archived after a process died: %s", moment)
                    .isTrue();
        }
    }

    /**
     * A call to die at.
     *
     * @param call its number
     */
    private record Moment(Order order, int call) {}

    /** A process dies, days are archived, and another process goes on. */
    private static String exportWhileArchived(String name, List<Row> rows, Query query, MortalProcess process) {
        try (Exports things = things("moving_" + name.toLowerCase(java.util.Locale.ROOT))) {
            things.hot.put(rows);
            things.archive(9);
            try {
                Exporter mortal = exporter(things, process);
                mortal.advance(mortal.start(query, "request"), Duration.ofMinutes(1));
            } catch (MortalProcess.Death e) {
                assertThat(process.calls()).isNotEmpty();
            }
            things.archive(7);
            Exporter next = exporter(things, new MortalProcess(0));
            ExportStatus status = next.advance(next.start(query, "request"), Duration.ofMinutes(1));
            return text((ExportStatus.Done) status);
        }
    }

    private static Exporter exporter(Exports things, MortalProcess process) {
        ExporterBuilder builder =
                things.query().cold(process.source(things.cold)).build().exporter(process.store(things.store()));
        return Exports.fast(builder).takeOverAfter(Duration.ofMillis(50)).build();
    }

    @Test
    void erased_rows_are_left_out_and_sweeps_change_nothing() {
        try (Exports things = things("erasing")) {
            List<Row> rows = new ArrayList<>(Exports.rows(3, 40, 9));
            things.hot.put(rows);
            things.archive(8);
            TieredQuery<Row> query = things.query().build();
            query.erase(Query.between(day(0), day(3)).where(eq("origin", "SFO")));
            rows.removeIf(row -> "SFO".equals(row.value("origin")));
            Random random = new Random(10);
            for (int i = 0; i < rows.size(); i += 5) {
                Row later = changed(rows.get(i), i, random);
                things.hot.put(later);
                rows.set(i, later);
            }
            Exporter exporter = things.exporter().build();
            assertThat(text(exporter.export(Exports.all()))).isEqualTo(ExportTest.expected(Exports.all(), rows));
            ExportTicket started = exporter.start(Exports.all());
            String expected = ExportTest.expected(Exports.all(), rows);
            things.clock.advance(Duration.ofHours(2));
            things.archive(8); // sweeps
            assertThat(things.hot.rows())
                    .as("only the third day is hot")
                    .allMatch(row -> !Exports.time(row).isBefore(day(2)));
            assertThat(text((ExportStatus.Done) exporter.advance(started, Duration.ofMinutes(1))))
                    .as("begun before the sweep")
                    .isEqualTo(expected);
            assertThat(text(exporter.export(Exports.all())))
                    .as("begun after it")
                    .isEqualTo(expected);
        }
    }

    @Test
    void two_that_advance_one_export_at_once_do_no_harm() throws Exception {
        try (Exports things = things("twice")) {
            List<Row> rows = new ArrayList<>();
            Exports.rows(2, 32, 11).forEach(row -> rows.add(Exports.withLabel(row, 200_000)));
            things.hot.put(rows);
            things.archive(9);
            for (Order order : Order.values()) {
                Query query = ExportVictim.query(order.name());
                ExportTicket ticket = things.exporter().build().start(query);
                List<Thread> threads = new ArrayList<>();
                List<ExportStatus> ends = java.util.Collections.synchronizedList(new ArrayList<>());
                for (int i = 0; i < 4; i++) {
                    // Each soon takes the others for dead.
                    Exporter exporter = things.exporter()
                            .takeOverAfter(Duration.ofMillis(20))
                            .build();
                    Thread thread = new Thread(() -> ends.add(exporter.advance(ticket, Duration.ofMinutes(1))));
                    thread.start();
                    threads.add(thread);
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(ends)
                        .hasSize(4)
                        .allSatisfy(end -> assertThat(
                                        text((ExportStatus.Done) end).equals(ExportTest.expected(query, rows)))
                                .isTrue());
                ExportCrashTest.assertNothingIsLeft(ATHENA, order.name());
            }
        }
    }
}
