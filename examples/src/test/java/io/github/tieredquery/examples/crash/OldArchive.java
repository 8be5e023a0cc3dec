package io.github.tieredquery.examples.crash;

import io.github.tieredquery.athena.AdoptedArchiveBuilder;
import io.github.tieredquery.athena.ColumnEncoding;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.examples.flights.FlightsSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.model.TableMetadata;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An archive of real flights as another job leaves it: {@code year=…/month=…/day=…/origin=…} without versions, and a
 * table. DuckDB writes its files, so nothing of it comes from the library.
 */
final class OldArchive {

    /** How its files are written. */
    enum Form {
        OPEN_CSV(
                "departed_at string, id string, delay string, distance string, destination string",
                "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
                "TBLPROPERTIES ('skip.header.line.count' = '1')",
                "FORMAT csv, COMPRESSION gzip, HEADER, FORCE_QUOTE *, TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S',"
                        + " FILE_EXTENSION 'csv.gz'"),
        LAZY_SIMPLE(
                "departed_at timestamp, id bigint, delay int, distance int, destination string",
                "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'",
                "",
                "FORMAT csv, COMPRESSION gzip, HEADER false, DELIMITER '|', NULLSTR '\\N',"
                        + " TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S', FILE_EXTENSION 'csv.gz'"),
        PARQUET(
                "departed_at timestamp, id bigint, delay int, distance int, destination string",
                "STORED AS PARQUET",
                "",
                "FORMAT parquet");

        private final String columns;
        private final String storage;
        private final String properties;
        private final String written;

        Form(String columns, String storage, String properties, String written) {
            this.columns = columns;
            this.storage = storage;
            this.properties = properties;
            this.written = written;
        }

        /** How the columns stand in the table, for a source that takes it over. */
        AdoptedArchiveBuilder describe(AdoptedArchiveBuilder source) {
            return this == OPEN_CSV
                    ? source.column(
                                    "departed_at",
                                    "departed_at",
                                    ColumnEncoding.pattern("yyyy-MM-dd HH:mm:ss")
                                            .lossAccepted())
                            .column("id", "id", ColumnEncoding.text())
                            .column("delay", "delay", ColumnEncoding.text(""))
                    : source.column(
                            "departed_at",
                            "departed_at",
                            ColumnEncoding.natively().lossAccepted());
        }
    }

    private final AthenaLocal athena;
    private final String table;
    private final Form form;

    /** A new table, with no files. */
    OldArchive(AthenaLocal athena, String table, Form form) {
        this.athena = athena;
        this.table = table;
        this.form = form;
        athena.run("CREATE EXTERNAL TABLE " + table + " (" + form.columns
                + ") PARTITIONED BY (year string, month string, day string, origin string) " + form.storage
                + " LOCATION 's3://" + athena.bucket() + "/" + table + "/' " + form.properties);
    }

    String table() {
        return table;
    }

    Form form() {
        return form;
    }

    /** Writes the flights that an SQL condition is true of. */
    void write(String condition) throws IOException, SQLException {
        Path directory = Files.createTempDirectory("old-archive");
        Path sample = FlightsSample.copyTo(directory);
        Path files = directory.resolve("files");
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("SET threads = 1"); // one file a partition
            statement.execute("COPY (SELECT CAST(departed_at AS TIMESTAMP) AS departed_at, id, delay, distance,"
                    + " destination, strftime(departed_at, '%Y') AS year, strftime(departed_at, '%m') AS month,"
                    + " strftime(departed_at, '%d') AS day, origin FROM read_parquet('"
                    + FlightsSample.escaped(sample) + "') WHERE " + condition + ") TO '" + FlightsSample.escaped(files)
                    + "' (" + form.written + ", PARTITION_BY (year, month, day, origin))");
        }
        try (Stream<Path> written = Files.walk(files)) {
            written.filter(Files::isRegularFile)
                    .forEach(file -> athena.s3Client()
                            .putObject(
                                    put -> put.bucket(athena.bucket()).key(table + "/" + files.relativize(file)),
                                    RequestBody.fromFile(file)));
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** Registers the partitions of all files that there are by now. */
    void register() {
        athena.run("MSCK REPAIR TABLE " + table);
    }

    /** Registers one partition, or, as if it had never been, unregisters it. */
    void alter(String what, String day, String origin) {
        athena.run("ALTER TABLE " + table + " " + what + " PARTITION (year = '2001', month = '01', day = '" + day
                + "', origin = '" + origin + "')");
    }

    /** How many directories there are that have files. */
    long partitions() {
        return objects().keySet().stream()
                .map(key -> key.substring(0, key.lastIndexOf('/')))
                .distinct()
                .count();
    }

    /** The objects below its location by their keys, with all that S3 says of their content. */
    Map<String, String> objects() {
        Map<String, String> objects = new TreeMap<>();
        for (S3Object each : athena.s3Client()
                .listObjectsV2Paginator(list -> list.bucket(athena.bucket()).prefix(table + "/"))
                .contents()) {
            objects.put(each.key(), each.eTag() + ", " + each.size() + " bytes, " + each.lastModified());
        }
        return objects;
    }

    /** The table as the catalog has it, and its partitions. */
    List<Object> catalog() {
        TableMetadata metadata = athena.athenaClient()
                .getTableMetadata(get -> get.catalogName("AwsDataCatalog")
                        .databaseName("default")
                        .tableName(table))
                .tableMetadata();
        String partitions =
                athena.run("SELECT year, month, day, origin FROM \"" + table + "$partitions\" ORDER BY 1, 2, 3, 4");
        return List.of(
                metadata,
                athena.s3Client()
                        .getObjectAsBytes(
                                get -> get.bucket(athena.resultsBucket()).key(resultKey(partitions)))
                        .asUtf8String());
    }

    private String resultKey(String execution) {
        return athena.outputLocation().substring(("s3://" + athena.resultsBucket() + "/").length()) + execution
                + ".csv";
    }
}
