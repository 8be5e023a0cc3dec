package com.example.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.example.flights.FlightService.Flight;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.links.Link;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Query;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class FlightServiceTest {

    private static final Instant TODAY = LocalDate.now(ZoneOffset.UTC).atStartOfDay(ZoneOffset.UTC).toInstant();
    private static final Instant LONG_AGO = TODAY.minus(Duration.ofDays(40));
    private static final Instant TOMORROW = TODAY.plus(Duration.ofDays(1));

    @Test
    void a_flight_is_seen_once_wherever_it_lives() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start()) {
            insertFlights(postgres.getPostgresDatabase());
            withoutAws(aws -> {
                try (FlightService service = new FlightService(postgres.getPostgresDatabase(), aws)) {
                    check(service);
                }
            });
        }
    }

    // snippet: local
    static void withoutAws(Consumer<AwsAccess> test) {
        try (AthenaLocal athena = AthenaLocal.start();
                AwsAccess aws = AwsAccess.of(athena.athenaClient(), athena.s3Client())) {
            athena.createBucket("archive");
            athena.createBucket("results");
            athena.createBucket("exports");
            athena.run("CREATE DATABASE lake");
            test.accept(aws); // your service, over these clients
        }
    }
    // end

    private static void check(FlightService service) {
        ArchiveReport report = service.archive(Duration.ofMinutes(5));

        assertEquals(2, report.rows());
        assertEquals(
                List.of(
                        new Flight(TODAY, 3, "acme", "SFO", 20),
                        new Flight(LONG_AGO, 1, "acme", "SFO", 30)),
                flights(service, "SFO"));
        assertEquals(3, flights(service, null).size());
        assertEquals(
                3, service.page("acme", LONG_AGO, TOMORROW, null).rows().size());
        assertEquals(
                3,
                service.delaysPerDay("acme", LONG_AGO, TOMORROW, ZoneOffset.UTC)
                        .size());
        Exporter exports = service.exports("acme", new byte[32]);
        String ticket = service.startExport(exports, LONG_AGO, TOMORROW);
        Link link = service.goOn(exports, ticket, Duration.ofMinutes(1));
        assertEquals(4, download(link).size(), "a header and three flights");
        assertEquals(2, service.countDelays(LONG_AGO, TOMORROW, 1_000_000));
        assertThrows(IllegalArgumentException.class, () -> service.countDelays(LONG_AGO, TOMORROW, 1));
        List<SliceReport> slices = new ArrayList<>();
        service.guarded(service.table(), slices::add).list(Query.between(LONG_AGO, TOMORROW));
        assertEquals(4, slices.stream().mapToLong(SliceReport::rows).sum());
        slices.forEach(FlightService::log);
        service.forget("acme", LONG_AGO, TODAY);
        assertEquals(
                List.of(new Flight(TODAY, 3, "acme", "SFO", 20)), flights(service, "SFO"));
    }

    private static List<String> download(Link link) {
        try (InputStream file = link.url().toURL().openStream()) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Flight> flights(FlightService service, String origin) {
        List<Flight> flights = new ArrayList<>();
        service.newestFirst("acme", LONG_AGO, TOMORROW, origin, flights::add);
        return flights;
    }

    private static void insertFlights(DataSource database) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE flights (departed_at timestamptz NOT NULL, id bigint NOT NULL, "
                    + "tenant text COLLATE \"C\" NOT NULL, origin text COLLATE \"C\", delay integer, "
                    + "PRIMARY KEY (departed_at, id))");
            statement.execute("INSERT INTO flights VALUES ('" + LONG_AGO + "', 1, 'acme', 'SFO', 30), ('" + LONG_AGO
                    + "', 2, 'other', 'SFO', 0), ('" + TODAY + "', 3, 'acme', 'SFO', 20), ('" + TODAY
                    + "', 4, 'acme', NULL, NULL)");
        }
    }
}
