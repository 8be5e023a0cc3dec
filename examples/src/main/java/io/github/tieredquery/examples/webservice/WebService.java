package io.github.tieredquery.examples.webservice;

import static java.time.ZoneOffset.UTC;

import com.sun.net.httpserver.HttpServer;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athena.links.DownloadLinks;
import io.github.tieredquery.athena.links.ProxiedLinks;
import io.github.tieredquery.examples.flights.FlightsSample;
import io.github.tieredquery.examples.flights.LocalServers;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;

/**
 * The flights of the quick start behind HTTP, on this machine: PostgreSQL has 30 days of them and S3 the rest.
 * Everything that a service sets up for itself is in {@link #start}.
 */
public final class WebService implements AutoCloseable {

    private static final String TABLE = "flights";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2001-07-01T00:00:00Z"));

    private final JdbcSource hot;
    private final AthenaSource cold;
    private final ExecutorService executor;
    private final FlightServer server;
    private final URI address;

    private WebService(JdbcSource hot, AthenaSource cold, ExecutorService executor, FlightServer server, URI address) {
        this.hot = hot;
        this.cold = cold;
        this.executor = executor;
        this.server = server;
        this.address = address;
    }

    /**
     * Runs it until it is interrupted.
     *
     * @param args the port, 8080 by default
     * @throws Exception if a server doesn't start
     */
    public static void main(String[] args) throws Exception {
        System.out.println("loading and archiving " + FlightsSample.ROWS + " flights …");
        try (LocalServers servers = LocalServers.start()) {
            load(servers);
            try (WebService service = start(servers, args.length == 0 ? 8080 : Integer.parseInt(args[0]))) {
                System.out.println("""
                        Ask, for example:
                          curl '%1$sflights?from=2001-05-25&to=2001-06-05&origin=SFO&minDelay=60&size=5'
                          curl '%1$sflights/count?from=2001-01-01&to=2001-07-01'
                          curl '%1$sflights/plan?from=2001-05-25&to=2001-06-05&origin=SFO'
                          curl -X POST '%1$sflights/exports?from=2001-05-01&to=2001-07-01&origin=SFO'
                        and then for what the last one names, until it is done.""".formatted(service.address()));
                Thread.currentThread().join();
            }
        }
    }

    /** Fills the table. */
    static void load(LocalServers servers) throws IOException, SQLException {
        PostgresFlights.create(servers.database(), TABLE, FlightsSample.ROWS, loaded -> {});
    }

    /** Archives flights and answers questions about them; port 0 is any that is free. */
    static WebService start(LocalServers servers, int port) throws IOException {
        Table table = PostgresFlights.describe(TABLE);
        String bucket = "s3://" + servers.athena().bucket();
        JdbcSource hot = JdbcSource.builder(Jdbi.create(servers.database()), table)
                .journal("tieredquery")
                .build();
        AthenaSource cold = AthenaSource.archive(servers.aws(), table)
                .table("lake", TABLE)
                .layout(HivePartitionLayout.daily(UTC))
                .location(bucket + "/flights/")
                .results(AthenaResults.at(servers.athena().outputLocation())
                        .polling(Duration.ofMillis(2), Duration.ofMillis(20))) // Athena is on this machine
                .createTableIfMissing()
                .build();
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(30))
                .clock(CLOCK)
                .settle(Duration.ZERO) // this catalog shows at once what was written
                .build()
                .run();
        // All instances of a service have the same keys, from where it keeps its secrets.
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        TieredQuery<Flight> flights = TieredQuery.builder(table)
                .hot(hot)
                .cold(cold)
                .policy(QueryPolicy.unlimited().range(Duration.ofDays(366)))
                .tokenKeys(key)
                .buildFor(Flight.class);
        Exporter exporter = flights.exporter(S3ExportStore.of(servers.aws(), bucket + "/exports/"))
                .build();
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        URI address = URI.create("http://localhost:" + http.getAddress().getPort() + "/");
        ProxiedLinks links = DownloadLinks.proxied(address.resolve("downloads/"), List.of(key));
        ExecutorService executor = Executors.newFixedThreadPool(16); // calls block
        FlightServer server = FlightServer.start(
                http, executor, new FlightApi(flights, exporter, links), links.handler(servers.aws()));
        return new WebService(hot, cold, executor, server, address);
    }

    URI address() {
        return address;
    }

    @Override
    public void close() {
        server.close();
        executor.shutdown();
        cold.close();
        hot.close();
    }
}
