package io.github.tieredquery.examples.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import io.github.tieredquery.athena.links.DownloadLinks;
import io.github.tieredquery.athena.links.Link;
import io.github.tieredquery.athena.links.PresignedLinks;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.query.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Exports flights. An event with {@code from}, {@code to} and {@code request} starts an export and is answered at once
 * with its ticket. An event with a {@code ticket} works on the export for as long as the invocation has time, and is
 * answered with a link, or with {@code RUNNING}: then the state machine sends the same event again, and whichever
 * instance gets it goes on where this one stopped. An invocation that dies in the middle is no more than a slow one.
 */
public final class ExportHandler implements RequestHandler<Map<String, String>, Map<String, String>> {

    /** What is left for the answer, and for the part that is being copied when the time is up. */
    private static final Duration MARGIN = Duration.ofSeconds(15);

    private static final Duration LINK = Duration.ofMinutes(50);

    private final Exporter exporter;
    private final PresignedLinks links;

    /** For Lambda, which calls it once for each instance. */
    public ExportHandler() {
        this(FlightService.fromEnvironment());
    }

    private ExportHandler(FlightService service) {
        this(service.exporter(), DownloadLinks.presigned(service.aws()));
    }

    /**
     * For tests.
     *
     * @param exporter makes the exports
     * @param links makes the links
     */
    public ExportHandler(Exporter exporter, PresignedLinks links) {
        this.exporter = exporter;
        this.links = links;
    }

    @Override
    public Map<String, String> handleRequest(Map<String, String> event, Context context) {
        String ticket = event.get("ticket");
        if (ticket == null) {
            Query query = Query.between(instant(event, "from"), instant(event, "to"));
            // Lambda may deliver an event twice: the same request is the same export.
            return running(exporter.start(query, Objects.requireNonNull(event.get("request"), "request")));
        }
        Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
        return answer(ExportTicket.of(ticket), exporter.advance(ExportTicket.of(ticket), left.minus(MARGIN)));
    }

    private static Instant instant(Map<String, String> event, String name) {
        return Instant.parse(Objects.requireNonNull(event.get(name), name));
    }

    private Map<String, String> answer(ExportTicket ticket, ExportStatus status) {
        if (status instanceof ExportStatus.Done done) {
            Link link = links.to(done.object().location(), "flights.csv", LINK);
            return Map.of(
                    "state", "DONE",
                    "url", link.url().toString(),
                    "expiresAt", link.expiresAt().toString());
        }
        if (status instanceof ExportStatus.Failed failed) {
            return Map.of("state", "FAILED", "problem", failed.problem());
        }
        return status.isOver() ? Map.of("state", "CANCELLED") : running(ticket);
    }

    private static Map<String, String> running(ExportTicket ticket) {
        return Map.of("state", "RUNNING", "ticket", ticket.toString());
    }
}
