package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A process dies at one of its calls, and another one finishes what it has begun. */
class ExportCrashTest {

    private static final int DEATHS = 16;

    private static final Exports THINGS = new Exports();

    /** Six megabytes are archived, six are not. */
    @BeforeAll
    static void archive() {
        List<Row> rows = new ArrayList<>();
        for (Row row : Exports.rows(2, 32, 5)) {
            rows.add(Exports.withLabel(row, 200_000));
        }
        THINGS.hot.put(rows);
        THINGS.archive(9);
    }

    @AfterAll
    static void close() {
        THINGS.close();
    }

    private static Exporter exporter(MortalProcess process) {
        return Exports.fast(THINGS.query()
                        .cold(process.source(THINGS.cold))
                        .build()
                        .exporter(process.store(THINGS.store())))
                .takeOverAfter(Duration.ofMillis(50))
                .build();
    }

    private static ExportStatus finish(Exporter exporter, ExportTicket ticket) {
        ExportStatus status = exporter.advance(ticket, Duration.ofSeconds(60));
        assertThat(status.isOver()).as("%s", status).isTrue();
        return status;
    }

    @Test
    void whichever_call_a_process_dies_at_another_one_finishes() {
        List<Moment> moments = new ArrayList<>();
        long scanned = 0;
        for (Query query : List.of(Exports.all(), Exports.all().newestFirst())) {
            MortalProcess healthy = new MortalProcess(0);
            String expected = ExportTest.expected(query, allRows());
            scanned = dieAndFinish(query, healthy, "healthy-" + query.order(), expected);
            for (int call = 1; call <= healthy.calls().size(); call++) {
                moments.add(new Moment(query, call, healthy.calls().get(call - 1), expected));
            }
        }
        for (Moment moment : MortalProcess.chosen(moments, DEATHS)) {
            String request = moment.query().order() + "-" + moment.call() + "-" + moment.name();
            long bytes = dieAndFinish(moment.query(), new MortalProcess(moment.call()), request, moment.expected());
            assertThat(bytes)
                    .as("%s: bytes scanned, as of one execution", request)
                    .isEqualTo(scanned);
        }
    }

    /**
     * A call to die at.
     *
     * @param call its number
     * @param name its name
     * @param expected the whole export
     */
    private record Moment(Query query, int call, String name, String expected) {}

    private static List<Row> allRows() {
        try (var rows = THINGS.query().build().stream(Exports.all())) {
            return rows.toList();
        }
    }

    /** How many bytes Athena has read for an export that one process begins and another one finishes. */
    private static long dieAndFinish(Query query, MortalProcess process, String request, String expected) {
        Counters before = THINGS.counters();
        try {
            Exporter mortal = exporter(process);
            finish(mortal, mortal.start(query, request));
        } catch (MortalProcess.Death e) {
            assertThat(process.calls()).isNotEmpty();
        }
        Exporter next = exporter(new MortalProcess(0));
        ExportStatus.Done done = (ExportStatus.Done) finish(next, next.start(query, request));
        assertThat(THINGS.text(done.object()).equals(expected))
                .as("%s: the object is right", request)
                .isTrue();
        assertNothingIsLeft(THINGS.athena(), request);
        return THINGS.counters().since(before).scannedBytes();
    }

    @Test
    void whichever_call_a_process_dies_at_cancelling_leaves_nothing() {
        for (int call = 1; call <= 10; call++) {
            MortalProcess process = new MortalProcess(call);
            String request = "cancel-" + call;
            try {
                Exporter mortal = exporter(process);
                finish(mortal, mortal.start(Exports.all(), request));
            } catch (MortalProcess.Death e) {
                assertThat(process.calls()).isNotEmpty();
            }
            Exporter next = exporter(new MortalProcess(0));
            ExportTicket ticket = next.start(Exports.all(), request);
            ExportStatus status = next.cancel(ticket);
            assertThat(status.isOver()).isTrue();
            assertThat(next.cancel(ticket)).isEqualTo(status);
            assertThat(next.advance(ticket, Duration.ofSeconds(5))).isEqualTo(status);
            assertNothingIsLeft(THINGS.athena(), request);
        }
    }

    /** A stopped query takes a moment to end. */
    static void assertNothingIsLeft(AthenaLocal athena, String request) {
        assertThat(athena.counters().openMultipartUploads()).as(request).isZero();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (athena.counters().activeQueries() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(athena.counters().activeQueries()).as(request).isZero();
    }
}
