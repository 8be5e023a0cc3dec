package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How files are read, and what their formats lose. */
final class SerdeTest {
    @RegisterExtension
    static final AthenaLocalExtension EXTENSION = AthenaLocalExtension.create();

    private static int tables;

    private final AthenaLocal athena = EXTENSION.get();
    private final Sql sql = new Sql(athena);
    private final String name = "t" + tables++;

    private void create(String columns, String format) {
        athena.run("CREATE EXTERNAL TABLE " + name + " (" + columns + ") " + format + " LOCATION 's3://"
                + athena.bucket() + "/" + name + "/'");
    }

    private static String openCsv() {
        return "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'";
    }

    private String result() {
        return sql.rows("SELECT * FROM " + name).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "a,b # [[a, b]]",
                "\"a\",\"b\" # [[a, b]]",
                "\"a \"\"x\"\"\",\"b\\\"c\" # [[a \"x\", b\"c]]",
                "\"a\\\\b\",c # [[a\\b, c]]",
                "\\N,\"\\N\" # [[N, N]]",
                "\"\", # [[, ]]",
                "a # [[a, null]]",
                "a,b,c # [[a, b]]",
                "\"a,b\",c # [[a,b, c]]",
                "abc\"d\"ef,g # [[abc\"d\"ef, g]]",
                "a,\"open # [[a, null]]",
                "a\\nb,c # [[anb, c]]",
            })
    void open_csv_reads_a_line_as_its_parser_does(String line, String expected) {
        create("a string, b string", openCsv());
        sql.put(name + "/f.csv", line + "\n");
        assertThat(result()).isEqualTo(expected);
    }

    @Test
    void open_csv_breaks_a_quoted_newline_into_two_rows() {
        create("a string, b string", openCsv());
        sql.put(name + "/f.csv", "\"x\",\"one\ntwo\",\"z\"\n\nlast");
        assertThat(result()).isEqualTo("[[x, null], [null, null], [null, null], [last, null]]");
    }

    @Test
    void open_csv_takes_other_characters() {
        create(
                "a string, b string",
                openCsv() + " WITH SERDEPROPERTIES ('separatorChar'='\\t', 'quoteChar'='\\'', 'escapeChar'='!')");
        sql.put(name + "/f.csv", "'a\tb'\t'c!'d'\n");
        assertThat(result()).isEqualTo("[[a\tb, c'd]]");
    }

    @Test
    void typed_columns_of_open_csv_are_epochs_and_refuse_the_empty_field() {
        create("n int, at timestamp, day date, ok boolean", openCsv());
        sql.put(name + "/f.csv", "5,1500,1,TRUE\n");
        assertThat(result()).isEqualTo("[[5, 1970-01-01 00:00:01.500, 1970-01-02, true]]");
        sql.put(name + "/g.csv", "\"\",0,0,true\n");
        assertThat(sql.failure("SELECT n FROM " + name))
                .isEqualTo("HIVE_BAD_DATA: Error reading field value: Cannot read '' as integer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "a|1 # [[a, 1]]",
                "\\N|\\N # [[null, null]]",
                "| # [[, null]]",
                "a\\|b|2 # [[a|b, 2]]",
                "a\\\\b|2 # [[a\\b, 2]]",
                "a\\nb|x # [[anb, null]]",
                "\"q\"|3|4 # [[\"q\", 3]]",
                "a # [[a, null]]",
            })
    void delimited_text_reads_a_line_as_lazy_simple_does(String line, String expected) {
        create(
                "a string, n int",
                "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' ESCAPED BY '\\\\' NULL DEFINED AS '\\\\N'"
                        + " STORED AS TEXTFILE");
        sql.put(name + "/f.txt", line + "\n");
        assertThat(result()).isEqualTo(expected);
    }

    @Test
    void plain_text_is_split_at_control_a() {
        create("a string, at timestamp", "");
        sql.put(name + "/f", "x\u00012024-01-01 00:00:00.1236\r\ny\u0001no time");
        assertThat(result()).isEqualTo("[[x, 2024-01-01 00:00:00.124], [y, null]]");
    }

    @Test
    void gzip_headers_and_nested_directories_are_read_and_hidden_files_are_not() throws IOException {
        athena.run("CREATE EXTERNAL TABLE " + name + " (a string) " + openCsv() + " LOCATION 's3://" + athena.bucket()
                + "/" + name + "/' TBLPROPERTIES ('skip.header.line.count'='1')");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("a\nx\n".getBytes(StandardCharsets.UTF_8));
        }
        sql.put(name + "/f.csv.gz", bytes.toByteArray());
        sql.put(name + "/deep/er/g.csv", "a\ny\n");
        sql.put(name + "/_hidden.csv", "a\nz\n");
        sql.put(name + "/.hidden/h.csv", "a\nz\n");
        sql.put(name + "/empty.csv", "");
        assertThat(sql.rows("SELECT a FROM " + name + " ORDER BY 1")).hasToString("[[x], [y]]");
    }

    @Test
    void an_object_that_is_written_again_is_read_again() {
        create("a string", openCsv());
        sql.put(name + "/f.csv", "old\n");
        assertThat(result()).isEqualTo("[[old]]");
        sql.put(name + "/f.csv", "new\n");
        assertThat(result()).isEqualTo("[[new]]");
        athena.s3Client().deleteObject(delete -> delete.bucket(athena.bucket()).key(name + "/f.csv"));
        assertThat(result()).isEqualTo("[]");
    }

    @Test
    void parquet_is_read_by_name_with_milliseconds(@TempDir Path directory) throws SQLException, IOException {
        Path file = directory.resolve("x.parquet");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("COPY (SELECT 'x' AS B, 1::BIGINT AS a, TIMESTAMP '2024-01-01 00:00:00.123456' AS at,"
                    + " '\\x01'::BLOB AS raw, 1.25::DECIMAL(10,2) AS price) TO '" + file + "' (FORMAT parquet)");
        }
        create("a bigint, b string, c string, at timestamp, raw binary, price decimal(10,2)", "STORED AS PARQUET");
        sql.put(name + "/x.parquet", Files.readAllBytes(file));
        assertThat(result()).isEqualTo("[[1, x, null, 2024-01-01 00:00:00.123, 01, 1.25]]");
        athena.run("ALTER TABLE " + name + " ADD COLUMNS (d int)");
        assertThat(sql.rows("SELECT d, b FROM " + name)).hasToString("[[null, x]]");
    }
}
