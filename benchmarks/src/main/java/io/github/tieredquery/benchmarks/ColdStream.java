package io.github.tieredquery.benchmarks;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.OwnArchiveBuilder;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.partition.HivePartitionLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZoneOffset;

/**
 * {@code cold-stream}: reading and typing an Athena result, against FastCSV on the same file with the values converted
 * by hand. The statement has run before and its file lies on the disk, for both sides: Athena's time and S3's are not
 * in the figures. All that the library does is: it starts the statement, asks for its end once, reads ranges of the
 * file as it reads them from S3, and gives records.
 */
final class ColdStream {

    private ColdStream() {}

    /**
     * Runs it.
     *
     * @param rows how many flights are read
     * @param rounds how often each side reads them, odd
     */
    static void run(PrintStream out, int rows, int rounds) throws Exception {
        Path file = Files.createTempFile("cold-stream", ".csv");
        try (AthenaLocal athena = AthenaLocal.start();
                RecordedAthena recorded = new RecordedAthena(athena.athenaClient())) {
            athena.run("CREATE DATABASE lake");
            fill(athena, recorded, rows, file);
            try (AwsAccess aws = AwsAccess.of(recorded, new FileS3(athena.s3Client(), file));
                    AthenaSource cold = source(athena, aws).build()) {
                TieredQuery<Flight> flights =
                        TieredQuery.builder(Flights.TABLE).cold(cold).buildFor(Flight.class);
                new Comparison(
                                "cold-stream",
                                () -> Flights.checksum(flights.stream(Flights.EVERYTHING)),
                                () -> bareFastCsv(file))
                        .run(out, rounds);
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Archives the flights, runs the statement that reads them, and brings its result here. */
    private static void fill(AthenaLocal athena, RecordedAthena recorded, int rows, Path file) throws Exception {
        try (AwsAccess aws = AwsAccess.of(recorded, athena.s3Client());
                AthenaSource cold = source(athena, aws).createTableIfMissing().build()) {
            ColdFlights.write(cold, rows);
            Flights.checksum(
                    TieredQuery.builder(Flights.TABLE).cold(cold).buildFor(Flight.class).stream(Flights.EVERYTHING));
            URI result = URI.create(recorded.outputOf("SELECT"));
            try (InputStream bytes = athena.s3Client()
                    .getObject(request -> request.bucket(result.getHost())
                            .key(result.getPath().substring(1)))) {
                Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static OwnArchiveBuilder source(AthenaLocal athena, AwsAccess aws) {
        return AthenaSource.archive(aws, Flights.TABLE)
                .table("lake", Flights.TABLE_NAME)
                .layout(HivePartitionLayout.monthly(ZoneOffset.UTC).withoutVersion())
                .location("s3://" + athena.bucket() + "/flights/")
                .results(AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(1), Duration.ofMillis(1)));
    }

    private static long bareFastCsv(Path file) throws IOException {
        long checksum = 0;
        try (CsvReader<CsvRecord> records = CsvReader.builder().ofCsvRecord(file)) {
            boolean header = true;
            for (CsvRecord each : records) {
                if (header) {
                    header = false;
                    continue;
                }
                checksum = new Flight(
                                ColdFlights.time(each.getField(0)),
                                Long.parseLong(each.getField(1)),
                                Integer.parseInt(each.getField(2)),
                                Integer.parseInt(each.getField(3)),
                                each.getField(4),
                                each.getField(5))
                        .checksum(checksum);
            }
        }
        return checksum;
    }
}
