package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.athenalocal.fault.QueryGate;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.ExportFailedException;
import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Exports as Parquet files, which DuckDB reads back. */
class ExportParquetTest {

    private static final Exports THINGS = new Exports();
    private static final List<Row> ROWS = new ArrayList<>(Exports.rows(3, 40, 14));

    @TempDir
    private Path directory;

    /** Two days are archived, with some late rows among them; the third isn't. */
    @BeforeAll
    static void archive() {
        THINGS.hot.put(ROWS);
        THINGS.archive(8);
        Random random = new Random(15);
        for (int i = 0; i < 80; i += 9) {
            Row beside = Exports.row(Exports.time(ROWS.get(i)).plus(3, ChronoUnit.MICROS), 1000 + i, random);
            THINGS.hot.put(beside);
            ROWS.add(beside);
        }
    }

    @AfterAll
    static void close() {
        THINGS.close();
    }

    private static Exporter exporter() {
        return THINGS.exporter().parquet().build();
    }

    private List<String> files(ExportStatus.Done done) {
        return THINGS.text(done.object()).lines().toList();
    }

    private static List<String> objects() {
        S3Location folder = S3Location.folder(THINGS.location);
        return THINGS
                .aws()
                .s3()
                .listObjectsV2(list -> list.bucket(folder.bucket()).prefix(folder.key()))
                .contents()
                .stream()
                .map(S3Object::key)
                .filter(key -> !key.endsWith(".export"))
                .map(key -> "s3://" + folder.bucket() + "/" + key)
                .toList();
    }

    /** The values of all files as texts, read by DuckDB. */
    private List<List<@Nullable String>> read(List<String> files, String columns) throws SQLException {
        List<String> local = new ArrayList<>();
        for (String file : files) {
            Path copy = directory.resolve("file-" + local.size() + "-" + System.nanoTime() + ".parquet");
            S3Location at = S3Location.parse(file);
            THINGS.aws().s3().getObject(get -> get.bucket(at.bucket()).key(at.key()), copy);
            local.add("'" + copy + "'");
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT " + columns + " FROM read_parquet([" + String.join(", ", local) + "])")) {
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    Object value = result.getObject(i);
                    row.add(value == null ? null : value.toString());
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<List<@Nullable String>> expected(Query query) {
        Filter filter = query.filter().boundTo(Exports.TABLE);
        List<String> columns =
                query.columns().isEmpty() ? Exports.TABLE.rowType().names() : query.columns();
        return ROWS.stream()
                .filter(row -> query.range().contains(Exports.time(row)) && filter.matches(row))
                .map(row -> {
                    List<@Nullable String> values = new ArrayList<>();
                    for (String column : columns) {
                        Object value = row.value(column);
                        values.add(value == null ? null : text(value));
                    }
                    return values;
                })
                .toList();
    }

    private static String text(Object value) {
        if (value instanceof Instant instant) {
            return TextCodec.timestamp(instant);
        } else if (value instanceof byte[] bytes) {
            return HexFormat.of().withUpperCase().formatHex(bytes);
        }
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    @Test
    void rows_of_both_tiers_are_in_the_files_with_values_of_their_own_types() throws SQLException {
        ExportStatus.Done done = exporter().export(Exports.all());
        assertThat(done.object().location()).endsWith(".manifest");
        assertThat(
                        read(
                                files(done),
                                "\"at\", id, code, flag, small, ratio, exact, label, born::VARCHAR, seen, hex(payload), origin"))
                .containsExactlyInAnyOrderElementsOf(expected(Exports.all()));
        assertThat(read(
                        files(done),
                        "DISTINCT typeof(id), typeof(born), typeof(exact), typeof(payload), typeof(\"at\")"))
                .containsExactly(List.of("BIGINT", "DATE", "DECIMAL(18,4)", "BLOB", "VARCHAR"));
        Query some = Exports.all().where(Filter.eq("origin", "SFO")).columns("label", "id");
        assertThat(read(files(exporter().export(some)), "label, id"))
                .containsExactlyInAnyOrderElementsOf(expected(some));
    }

    @Test
    void what_a_failed_statement_has_left_is_removed_when_another_one_has_succeeded() throws SQLException {
        List<String> before = objects();
        THINGS.athena().faults().on(Faults.EXECUTION).inject(Fault.retryableFailure("INTERNAL_ERROR_QUERY_ENGINE"));
        ExportTicket ticket = exporter().start(Exports.all());
        String statement = objects().stream()
                .filter(each -> !before.contains(each) && each.endsWith(".manifest.cold-1"))
                .findFirst()
                .orElseThrow();
        String own = statement.replace(".manifest.cold-1", "/");
        S3Location left = S3Location.parse(own + "left.parquet");
        THINGS.aws()
                .s3()
                .putObject(put -> put.bucket(left.bucket()).key(left.key()), RequestBody.fromString("half a file"));
        ExportStatus.Done done = (ExportStatus.Done) exporter().advance(ticket, Duration.ofMinutes(1));
        assertThat(done.object().location()).isEqualTo(statement.replace(".cold-1", ""));
        assertThat(read(files(done), "id")).hasSize(ROWS.size());
        assertThat(objects()).filteredOn(each -> each.startsWith(own)).containsExactlyElementsOf(files(done));
    }

    @Test
    void a_cancelled_export_leaves_no_file() {
        List<String> before = objects();
        Exporter exporter = exporter();
        try (QueryGate hold = THINGS.athena().faults().holdInState(QueryExecutionState.RUNNING)) {
            ExportTicket ticket = exporter.start(Exports.all());
            assertThat(exporter.advance(ticket, Duration.ofMillis(100))).isInstanceOf(ExportStatus.Running.class);
            assertThat(exporter.cancel(ticket)).isEqualTo(new ExportStatus.Cancelled());
            hold.release();
        }
        ExportCrashTest.assertNothingIsLeft(THINGS.athena(), "cancelled");
        assertThat(objects()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void what_athena_cannot_write_is_refused() {
        Query hotOnly = Query.between(Exports.START.plus(2, ChronoUnit.DAYS), Exports.START.plus(3, ChronoUnit.DAYS));
        assertThatThrownBy(() -> exporter().start(hotOnly))
                .isInstanceOf(ExportFailedException.class)
                .hasMessageMatching(
                        "exporting table 'things' to s3://\\S+\\.manifest: nothing of the range is archived, and"
                                + " Parquet files are written by the cold source\\. Export it as CSV");
        Exporter few = THINGS.exporter().parquet().lateRows(20).build();
        assertThatThrownBy(() -> few.start(Exports.all()))
                .isInstanceOf(ExportFailedException.class)
                .hasMessageMatching(
                        "exporting table 'things' to s3://\\S+\\.manifest: more than 20 hot rows, late rows and"
                                + " erased keys lie in the range, and each has to be told to the cold source\\. Sweep them into the"
                                + " archive first, or allow more with lateRows\\(…\\)");
        assertThatThrownBy(() -> THINGS.exporter()
                        .parquet()
                        .csv(CsvOptions.forSpreadsheets())
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "table 'things': options of CSV files don't apply to Parquet files; leave csv(…) or parquet()"
                                + " out");
    }
}
