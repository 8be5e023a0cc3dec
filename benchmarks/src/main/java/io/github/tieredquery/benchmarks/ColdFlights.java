package io.github.tieredquery.benchmarks;

import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.examples.flights.FlightRows;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fills a cold table with flights, partition by partition, as an archiver would. */
final class ColdFlights {

    private ColdFlights() {}

    static void write(AthenaSource cold, long rows) throws IOException, SQLException {
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

    /** {@code 2001-01-01 00:01:00} and what may follow the seconds, by position, as a patient programmer would. */
    static Instant time(String text) {
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
