package io.github.tieredquery.benchmarks;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.examples.flights.FlightRows;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
                write(cold, rows);
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

    /** Writes the flights month by month, as an archiver would. */
    private static void write(AthenaSource cold, int rows) throws IOException, SQLException {
        Map<HivePartition, ColdFile> files = new HashMap<>();
        try (FlightRows flights = FlightRows.open(rows)) {
            while (flights.rows().next()) {
                Row row = row(flights.rows());
                files.computeIfAbsent(cold.layout().partitionOf(row), partition -> cold.create(partition, 1, 1))
                        .write(row);
            }
        }
        List<PartitionManifest> manifests = new ArrayList<>();
        files.forEach((partition, file) -> {
            StoredFile stored = file.finish();
            file.close();
            manifests.add(new PartitionManifest(
                    partition,
                    1,
                    List.of(stored),
                    stored.rows(),
                    stored.bytes(),
                    Flights.FROM,
                    Flights.TO,
                    RowDigest.EMPTY,
                    1));
        });
        cold.publish(manifests, ScanControl.unlimited());
    }

    private static Row row(ResultSet flight) throws SQLException {
        return Flights.TABLE.rowType().row(new Object[] {
            time(flight.getString(1)),
            flight.getLong(2),
            flight.getInt(3),
            flight.getInt(4),
            flight.getString(5),
            flight.getString(6)
        });
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
                                time(each.getField(0)),
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

    /** {@code 2001-01-01 00:01:00} and what may follow the seconds, by position, as a patient programmer would. */
    private static Instant time(String text) {
        return LocalDateTime.of(
                        Integer.parseInt(text, 0, 4, 10),
                        Integer.parseInt(text, 5, 7, 10),
                        Integer.parseInt(text, 8, 10, 10),
                        Integer.parseInt(text, 11, 13, 10),
                        Integer.parseInt(text, 14, 16, 10),
                        Integer.parseInt(text, 17, 19, 10))
                .toInstant(ZoneOffset.UTC);
    }
}
