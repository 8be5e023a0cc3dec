package io.github.tieredquery.examples.quickstart;

import static io.github.tieredquery.examples.quickstart.Screen.bytes;
import static io.github.tieredquery.examples.quickstart.Screen.count;
import static io.github.tieredquery.examples.quickstart.Screen.seconds;

import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athena.links.DownloadLinks;
import io.github.tieredquery.athena.links.Link;
import io.github.tieredquery.examples.flights.LocalServers;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;

/** Exports the flights of both tiers as one CSV file in S3, downloads it by a link, and checks every line of it. */
final class FlightExport {

    private static final String HEADER = "\"departed_at\",\"id\",\"delay\",\"distance\",\"origin\",\"destination\"";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    private final LocalServers servers;
    private final PlainSql plain;
    private final Checks checks;
    private final Screen screen;

    FlightExport(LocalServers servers, PlainSql plain, Checks checks, Screen screen) {
        this.servers = servers;
        this.plain = plain;
        this.checks = checks;
        this.screen = screen;
    }

    void show(FlightArchive archive, Question question) throws IOException, SQLException {
        Exporter exporter = archive.flights()
                .exporter(S3ExportStore.of(
                        servers.aws(), "s3://" + servers.athena().bucket() + "/exports/"))
                .build();
        long start = System.nanoTime();
        ExportTicket ticket = exporter.start(question.query());
        screen.step("started in " + since(start) + "; whoever has the ticket drives it on: "
                + ticket.toString().substring(0, 12) + "...");
        start = System.nanoTime();
        ExportStatus status = exporter.advance(ticket, Duration.ofMinutes(1));
        if (!(status instanceof ExportStatus.Done done)) {
            checks.differs("the export of '" + question.title() + "' ended as " + status);
            return;
        }
        screen.step("one CSV file of " + bytes(done.object().bytes()) + " in " + since(start) + ": S3 copied "
                + bytes(done.object().bytes() - done.clientBytes()) + " of it by itself, "
                + bytes(done.clientBytes()) + " came from here");
        Link link = DownloadLinks.presigned(servers.aws())
                .to(done.object().location(), "flights.csv", Duration.ofMinutes(10));
        screen.step("a link to it, until " + link.expiresAt());
        compare(link, question);
    }

    private void compare(Link link, Question question) throws IOException, SQLException {
        OrderedDigest expected = new OrderedDigest();
        try (Stream<Flight> rows = plain.rows(question)) {
            rows.forEach(expected::add);
        }
        OrderedDigest downloaded = new OrderedDigest();
        try (Stream<String> lines = download(link)) {
            Iterator<String> each = lines.iterator();
            checks.equal("the header of the downloaded file", HEADER, each.next());
            each.forEachRemaining(line -> downloaded.add(flight(line)));
        }
        String answer = downloaded.finish();
        checks.equal("the rows of the downloaded file", expected.finish(), answer);
        screen.step("downloaded " + count(downloaded.rows()) + " lines by the link: sha256 of their rows "
                + answer.substring(0, 12) + "...");
    }

    private static Stream<String> download(Link link) throws IOException {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(link.url()).build(), HttpResponse.BodyHandlers.ofLines())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while downloading", e);
        }
    }

    /** Every value is quoted, and none of these has a quote in it. */
    private static Flight flight(String line) {
        String[] values = line.substring(1, line.length() - 1).split("\",\"", -1);
        return new Flight(
                LocalDateTime.parse(values[0], TIME).toInstant(ZoneOffset.UTC),
                Long.parseLong(values[1]),
                Integer.parseInt(values[2]),
                Integer.parseInt(values[3]),
                values[4],
                values[5]);
    }

    private static String since(long start) {
        return seconds(Duration.ofNanos(System.nanoTime() - start));
    }
}
