package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What passes through the client: hot rows, and what a part needs to be long enough. */
class ExportBytesTest {

    private static final long LEAST_PART = 5L << 20;
    /** The state of an export, which isn't its payload, written and read a few times. */
    private static final long STATE = 64L << 10;

    private static final Exports THINGS = new Exports();

    /** About twelve megabytes of two days are archived, one megabyte of the third isn't. */
    @BeforeAll
    static void archive() {
        List<Row> rows = new ArrayList<>();
        for (Row row : Exports.rows(3, 30, 5)) {
            boolean hot = !Exports.time(row).isBefore(Exports.START.plus(2, ChronoUnit.DAYS));
            rows.add(Exports.withLabel(row, hot ? 33_000 : 200_000));
        }
        THINGS.hot.put(rows);
        THINGS.archive(8);
    }

    @AfterAll
    static void close() {
        THINGS.close();
    }

    @Test
    void nothing_cold_passes_through_the_client() {
        Query cold = Query.between(Exports.START, Exports.START.plus(2, ChronoUnit.DAYS));
        Counters before = THINGS.counters();
        ExportStatus.Done done = THINGS.exporter().build().export(cold);
        Counters took = THINGS.counters().since(before);
        assertThat(done.object().bytes()).isGreaterThan(2 * LEAST_PART);
        assertThat(done.clientBytes()).isZero();
        assertThat(took.s3("UploadPart")).isZero();
        assertThat(took.s3("CopyObject")).isEqualTo(1);
        assertThat(took.athena("GetQueryResults")).isZero();
        assertThat(took.s3BytesIn()).isLessThan(STATE);
        assertThat(took.s3BytesOut()).isLessThan(STATE);
    }

    @Test
    void hot_rows_pass_through_the_client_once_and_no_more_than_a_part_beside_them() {
        long hot = hotBytes();
        for (Query query : List.of(Exports.all(), Exports.all().newestFirst())) {
            for (CsvOptions options :
                    List.of(CsvOptions.plain(), CsvOptions.plain().byteOrderMark())) {
                Counters before = THINGS.counters();
                ExportStatus.Done done = THINGS.exporter().csv(options).build().export(query);
                Counters took = THINGS.counters().since(before);
                assertThat(done.rows()).isEqualTo(30);
                assertThat(done.clientBytes()).isBetween(hot, hot + LEAST_PART);
                assertThat(took.s3BytesIn()).isBetween(hot, hot + LEAST_PART + STATE);
                assertThat(took.s3("UploadPartCopy")).isPositive();
                assertThat(took.athena("GetQueryResults")).isZero();
            }
        }
        StoredObject plain = THINGS.exporter().build().export(Exports.all()).object();
        Counters before = THINGS.counters();
        assertThat(THINGS.exporter().build().export(Exports.all()).object().bytes())
                .isEqualTo(plain.bytes());
        assertThat(THINGS.counters().since(before).s3BytesOut())
                .as("oldest first, nothing is downloaded")
                .isLessThan(STATE);
    }

    private static long hotBytes() {
        Query hot = Query.between(Exports.START.plus(2, ChronoUnit.DAYS), Exports.START.plus(3, ChronoUnit.DAYS));
        String text = THINGS.text(THINGS.exporter().build().export(hot).object());
        return text.substring(text.indexOf("\n") + 1).getBytes(StandardCharsets.UTF_8).length;
    }
}
