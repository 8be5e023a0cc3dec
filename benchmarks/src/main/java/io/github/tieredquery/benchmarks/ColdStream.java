package io.github.tieredquery.benchmarks;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.partition.HivePartitionLayout;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * {@code cold-stream}: reading and typing an Athena result from S3, against FastCSV on the same object with the values
 * converted by hand.
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
        try (AthenaLocal athena = AthenaLocal.start();
                RecordedAthena recorded = new RecordedAthena(athena.athenaClient());
                AwsAccess aws = AwsAccess.of(recorded, athena.s3Client())) {
            athena.run("CREATE DATABASE lake");
            try (AthenaSource cold = AthenaSource.builder(aws, Flights.TABLE)
                    .table("lake", Flights.TABLE_NAME)
                    .layout(HivePartitionLayout.monthly(ZoneOffset.UTC).withoutVersion())
                    .location("s3://" + athena.bucket() + "/flights/")
                    .outputLocation(athena.outputLocation())
                    .polling(Duration.ofMillis(1), Duration.ofMillis(1))
                    .createTableIfMissing()
                    .build()) {
                ColdFlights.write(cold, rows);
                TieredQuery<Flight> flights =
                        TieredQuery.builder(Flights.TABLE).cold(cold).buildFor(Flight.class);
                Flights.checksum(flights.stream(Flights.EVERYTHING));
                URI result = URI.create(recorded.outputOf("SELECT"));
                new Comparison(
                                "cold-stream",
                                () -> Flights.checksum(flights.stream(Flights.EVERYTHING)),
                                () -> bareFastCsv(athena.s3Client(), result))
                        .run(out, rounds);
            }
        }
    }

    private static long bareFastCsv(S3Client s3, URI result) throws IOException {
        long checksum = 0;
        try (Reader text = new InputStreamReader(
                        s3.getObject(request -> request.bucket(result.getHost())
                                .key(result.getPath().substring(1))),
                        StandardCharsets.UTF_8);
                CsvReader<CsvRecord> records = CsvReader.builder().ofCsvRecord(text)) {
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
