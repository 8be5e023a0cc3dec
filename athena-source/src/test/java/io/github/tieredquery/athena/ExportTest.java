package io.github.tieredquery.athena;

import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.isNull;
import static io.github.tieredquery.query.Filter.not;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.export.ExporterBuilder;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of the same rows, wherever they lie. */
class ExportTest {

    private final Exports things = new Exports();

    @AfterEach
    void close() {
        things.close();
    }

    private ExportStatus.Done export(Query query, UnaryOperator<ExporterBuilder> options) {
        return options.apply(things.exporter()).build().export(query);
    }

    @Test
    void exports_of_the_same_rows_are_equal_byte_by_byte_wherever_they_lie() {
        List<Row> rows = Exports.rows(4, 40, 1);
        things.hot.put(rows);
        for (Query query : List.of(
                Exports.all(),
                Exports.all().newestFirst(),
                Exports.all().where(not(isNull("label"))).columns("label", "exact", "at"),
                Exports.all().where(eq("origin", "SFO")).columns("payload"),
                Exports.all().where(eq("id", -5L)))) {
            String hotOnly = things.text(hotOnly(query));
            assertThat(hotOnly).isEqualTo(expected(query, things.hot.rows()));
        }
        String all = expected(Exports.all(), rows);
        String newest = expected(Exports.all().newestFirst(), rows);
        for (int keep : List.of(8, 1)) {
            things.archive(keep);
            Counters before = things.counters();
            ExportStatus.Done done = export(Exports.all(), each -> each);
            assertThat(things.text(done.object())).isEqualTo(all);
            assertThat(things.text(
                            export(Exports.all().newestFirst(), each -> each).object()))
                    .isEqualTo(newest);
            assertThat(lines(things.text(
                            export(Exports.all(), ExporterBuilder::unordered).object())))
                    .containsExactlyInAnyOrderElementsOf(lines(all));
            Query some = Exports.all().where(not(isNull("label"))).columns("label", "exact", "at");
            assertThat(things.text(export(some, each -> each).object())).isEqualTo(expected(some, rows));
            assertThat(things.counters().since(before).athena("GetQueryResults"))
                    .isZero();
            assertThat(things.counters().openMultipartUploads()).isZero();
        }
        assertThat(things.hot.rows()).isEmpty();
    }

    @Test
    void doubles_have_one_text_wherever_they_lie() {
        Random random = new Random(9);
        List<Double> doubles = new ArrayList<>(List.of(
                8.41E21, 1.0E23, 2.0E-322, Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, 0.001, 1.0E7, -0.0));
        while (doubles.size() < 3_000) {
            double value = switch (random.nextInt(4)) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> random.nextInt(100_000) / 100.0 * Math.pow(10, random.nextInt(60) - 30);
                case 2 -> Math.scalb(1.0, random.nextInt(2_090) - 1_070);
                default -> Double.longBitsToDouble(random.nextLong() >>> 12);
            };
            doubles.add(value);
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < doubles.size(); i++) {
            Row row = Exports.row(Exports.START.plusSeconds(i), i, random);
            @Nullable
            Object[] values = new @Nullable Object[row.type().columns().size()];
            for (int column = 0; column < values.length; column++) {
                values[column] = row.value(column);
            }
            values[row.type().indexOf("ratio")] = doubles.get(i);
            rows.add(row.type().row(values));
        }
        things.hot.put(rows);
        Query ratios = Exports.all().columns("id", "ratio");
        String hot = things.text(hotOnly(ratios));
        assertThat(hot).contains("\"0\",\"8.41E21\"\n");
        things.archive(1);
        assertThat(things.hot.rows()).isEmpty();
        assertThat(things.text(export(ratios, each -> each).object())).isEqualTo(hot);
    }

    @Test
    void late_rows_take_the_place_of_archived_ones_and_come_beside_them() {
        List<Row> rows = Exports.rows(3, 40, 2);
        things.hot.put(rows);
        things.archive(6);
        Random random = new Random(3);
        List<Row> expected = new ArrayList<>(rows);
        for (int i = 0; i < rows.size(); i += 17) {
            Row old = rows.get(i);
            @Nullable
            Object[] values = new @Nullable Object[old.type().columns().size()];
            Instant at = Exports.time(old);
            Row other = Exports.row(at, i, random);
            for (int column = 0; column < values.length; column++) {
                values[column] = column < 3 ? old.value(column) : other.value(column);
            }
            Row later = Exports.TABLE.rowType().row(values);
            things.hot.put(later);
            expected.set(i, later);
            Row beside = Exports.row(at.plus(1, ChronoUnit.MICROS), 100_000 + i, random);
            things.hot.put(beside);
            expected.add(beside);
        }
        for (Query query : List.of(
                Exports.all(),
                Exports.all().newestFirst(),
                Exports.all().where(eq("flag", true)),
                Exports.all().where(eq("origin", "SFO")).columns("small", "id"))) {
            assertThat(things.text(export(query, each -> each).object())).isEqualTo(expected(query, expected));
        }
    }

    @Test
    void options_mean_the_same_for_local_files_and_for_s3() throws IOException {
        things.hot.put(Exports.rows(2, 40, 4));
        things.archive(9);
        for (CsvOptions options : List.of(
                CsvOptions.plain(),
                CsvOptions.forSpreadsheets().header("at", "Moment, \"UTC\""),
                CsvOptions.plain().guarded())) {
            String exported =
                    things.text(export(Exports.all(), each -> each.csv(options)).object());
            ByteArrayOutputStream local = new ByteArrayOutputStream();
            long rows = things.query().build().writeCsv(Exports.all(), options, local);
            assertThat(exported).isEqualTo(local.toString(StandardCharsets.UTF_8));
            assertThat(rows).isEqualTo(80);
        }
        ByteArrayOutputStream forPeople = new ByteArrayOutputStream();
        things.query()
                .build()
                .writeCsv(
                        Exports.all().columns("label").where(eq("label", "=SUM(A1)")),
                        CsvOptions.forSpreadsheets().header("label", "Label"),
                        forPeople);
        assertThat(forPeople.toString(StandardCharsets.UTF_8)).startsWith("\uFEFF\"Label\"\n\"'=SUM(A1)\"\n");
    }

    @Test
    void all_rows_pass_through_the_client_if_asked() {
        List<Row> rows = Exports.rows(2, 40, 6);
        things.hot.put(rows);
        things.archive(9);
        for (Query query : List.of(Exports.all(), Exports.all().newestFirst())) {
            Counters before = things.counters();
            ExportStatus.Done done = export(query, ExporterBuilder::throughClient);
            assertThat(things.text(done.object())).isEqualTo(expected(query, rows));
            assertThat(done.rows()).isEqualTo(80);
            assertThat(done.clientBytes()).isEqualTo(done.object().bytes());
            assertThat(things.counters().since(before).s3("CopyObject")).isZero();
        }
    }

    @Test
    void a_local_file_is_packed_if_asked_and_appears_when_it_is_complete(@TempDir Path directory) throws IOException {
        things.hot.put(Exports.rows(1, 30, 4));
        Path file = directory.resolve("things.csv.gz");
        TieredQuery<Row> query = things.query().build();
        assertThat(query.writeCsv(Exports.all(), CsvOptions.plain().gzip(), file))
                .isEqualTo(30);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(expected(Exports.all(), things.hot.rows()));
        }
        assertThat(directory.toFile().list()).containsExactly("things.csv.gz");
    }

    @Test
    void a_statement_that_athena_cannot_read_ends_the_export() {
        things.hot.put(Exports.rows(2, 40, 12));
        things.archive(9);
        things.athena()
                .faults()
                .on("StartQueryExecution")
                .times(2) // also when it is looked for what has to be stopped
                .inject(Fault.error(400, "InvalidRequestException", "MALFORMED_QUERY: of no kind"));
        Exporter exporter = things.exporter().build();
        ExportTicket ticket = exporter.start(Exports.all());
        ExportStatus failed = exporter.status(ticket);
        assertThat(failed.toString())
                .matches(
                        "Failed\\[problem=exporting table 'things' to s3://\\S+\\.csv: athena:default\\.things: Athena can't"
                                + " read the statement: MALFORMED_QUERY: of no kind]");
        assertThat(exporter.advance(ticket, Duration.ofSeconds(20))).isEqualTo(failed);
        assertThat(exporter.cancel(ticket)).isEqualTo(failed);
        ExportCrashTest.assertNothingIsLeft(things.athena(), "malformed");
    }

    private io.github.tieredquery.export.StoredObject hotOnly(Query query) {
        return Exports.fast(TieredQuery.builder(Exports.TABLE)
                        .hot(things.hot)
                        .tokenKeys(Exports.KEY)
                        .build()
                        .exporter(things.store()))
                .build()
                .export(query)
                .object();
    }

    private static List<String> lines(String text) {
        return Arrays.asList(text.split("(?<=\n)"));
    }

    /** What an export has to be, written by other code. */
    static String expected(Query query, List<Row> rows) {
        List<String> columns =
                query.columns().isEmpty() ? Exports.TABLE.rowType().names() : query.columns();
        StringBuilder text = new StringBuilder();
        text.append('"').append(String.join("\",\"", columns)).append("\"\n");
        var order = Exports.TABLE.rowOrder(Exports.TABLE.rowType());
        boolean oldest = query.order() == io.github.tieredquery.query.Order.OLDEST_FIRST;
        var filter = query.filter().boundTo(Exports.TABLE);
        rows.stream()
                .filter(row -> query.range().contains(Exports.time(row)))
                .filter(filter::matches)
                .sorted(oldest ? order : order.reversed())
                .forEach(row -> {
                    List<String> values = new ArrayList<>();
                    columns.forEach(column -> values.add(quoted(row.value(column))));
                    text.append(String.join(",", values)).append('\n');
                });
        return text.toString();
    }

    private static String quoted(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        String text = value.toString();
        if (value instanceof Instant instant) {
            text = LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
                    .format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT));
        } else if (value instanceof byte[] bytes) {
            text = HexFormat.ofDelimiter(" ").formatHex(bytes);
        } else if (value instanceof BigDecimal decimal) {
            text = decimal.toPlainString();
        }
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
