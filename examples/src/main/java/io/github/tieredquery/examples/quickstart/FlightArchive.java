package io.github.tieredquery.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveListener;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.examples.flights.LocalServers;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.InstantSource;
import java.time.Period;
import org.jdbi.v3.core.Jdbi;

/** A table in PostgreSQL, its archive in S3, and one query over both: all that a service would set up. */
final class FlightArchive implements AutoCloseable {

    /** Signs tickets; a service has a secret one, the same in all its instances. */
    private static final byte[] SIGNING_KEY = "not secret, of the quick start".getBytes(UTF_8);

    private final JdbcSource hot;
    private final AthenaSource cold;
    private final TieredQuery<Flight> flights;

    FlightArchive(LocalServers servers, String name, HivePartitionLayout layout, Meter meter) {
        Table table = PostgresFlights.describe(name);
        hot = JdbcSource.builder(Jdbi.create(servers.database()), table)
                .journal("tieredquery")
                .build();
        cold = AthenaSource.archive(servers.aws(), table)
                .table("lake", name)
                .layout(layout)
                .location("s3://" + servers.athena().bucket() + "/" + name + "/")
                .results(AthenaResults.at(servers.athena().outputLocation())
                        .polling(Duration.ofMillis(2), Duration.ofMillis(20))) // Athena is on this machine
                .createTableIfMissing()
                .build();
        flights = TieredQuery.builder(table)
                .hot(hot)
                .cold(cold)
                .tokenKeys(SIGNING_KEY)
                .listener(meter)
                .buildFor(Flight.class);
    }

    TieredQuery<Flight> flights() {
        return flights;
    }

    /** Moves what is older than 30 days from PostgreSQL to S3. */
    ArchiveReport archive(InstantSource clock, ArchiveListener listener) {
        return Archiver.builder(hot, cold)
                .keep(Period.ofDays(30))
                .clock(clock)
                .settle(Duration.ZERO) // this catalog shows at once what was written
                .listener(listener)
                .build()
                .run();
    }

    @Override
    public void close() {
        cold.close();
        hot.close();
    }
}
