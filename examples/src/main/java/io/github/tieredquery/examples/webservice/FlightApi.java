package io.github.tieredquery.examples.webservice;

import static java.util.stream.Collectors.joining;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.links.DownloadLinks;
import io.github.tieredquery.athena.links.Link;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.query.Page;
import java.time.Duration;

/**
 * What the service can be asked. Nothing is kept between requests: a page's token and an export's ticket hold all that
 * the next request needs, whichever instance of the service answers it.
 */
final class FlightApi {

    private static final String EXPORTS = "/flights/exports";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LINKS_LAST = Duration.ofMinutes(10);

    private final TieredQuery<Flight> flights;
    private final Exporter exporter;
    private final DownloadLinks links;

    FlightApi(TieredQuery<Flight> flights, Exporter exporter, DownloadLinks links) {
        this.flights = flights;
        this.exporter = exporter;
        this.links = links;
    }

    Answer answer(String method, String path, Parameters asked) {
        return switch (method + " " + path) {
            case "GET /flights" -> page(asked);
            case "GET /flights/count" -> count(asked);
            case "GET /flights/plan" ->
                Answer.text(flights.explain(asked.query()).toString());
            case "POST " + EXPORTS -> export(asked);
            default ->
                method.equals("GET") && path.startsWith(EXPORTS + "/")
                        ? exported(ExportTicket.of(path.substring(EXPORTS.length() + 1)))
                        : Answer.problem(404, "there is no " + method + " " + path);
        };
    }

    private Answer page(Parameters asked) {
        Page<Flight> page = flights.page(asked.query().timeout(PATIENCE), asked.size(), asked.text("token"));
        String rows = page.rows().stream().map(Flight::json).collect(joining(","));
        String next = page.next().map(Json::text).orElse("null");
        return Answer.json(200, "{\"flights\":[" + rows + "],\"next\":" + next + "}");
    }

    private Answer count(Parameters asked) {
        return Answer.json(200, "{\"count\":" + flights.count(asked.query().timeout(PATIENCE)) + "}");
    }

    /** Answers at once: Athena has only been asked to begin. */
    private Answer export(Parameters asked) {
        return Answer.json(202, "{\"export\":" + Json.text(EXPORTS + "/" + exporter.start(asked.query())) + "}");
    }

    /** Whoever asks how an export is getting on drives it on. */
    private Answer exported(ExportTicket ticket) {
        ExportStatus status = exporter.advance(ticket, Duration.ofSeconds(5));
        if (status instanceof ExportStatus.Done done) {
            Link link = links.to(done.object().location(), "flights.csv", LINKS_LAST);
            return Answer.json(
                    200,
                    "{\"state\":\"done\",\"bytes\":" + done.object().bytes() + ",\"download\":"
                            + Json.text(link.url().toString()) + ",\"until\":\"" + link.expiresAt() + "\"}");
        } else if (status instanceof ExportStatus.Running running) {
            return Answer.json(200, "{\"state\":\"running\",\"bytes\":" + running.bytes() + "}");
        } else if (status instanceof ExportStatus.Failed failed) {
            return Answer.problem(500, failed.problem());
        }
        return Answer.json(200, "{\"state\":\"cancelled\"}");
    }
}
