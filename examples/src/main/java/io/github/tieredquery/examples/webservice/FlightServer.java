package io.github.tieredquery.examples.webservice;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.tieredquery.athena.links.LinkHandler;
import io.github.tieredquery.athena.links.LinkResponse;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.RefusedByPolicyException;
import io.github.tieredquery.error.TieredQueryException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP around the API, with the server of the JDK; which error is whose, is the same in every framework. */
final class FlightServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FlightServer.class);

    private final HttpServer http;

    private FlightServer(HttpServer http) {
        this.http = http;
    }

    /** Starts to answer on a server that has a port and answers nothing yet. */
    static FlightServer start(HttpServer http, ExecutorService executor, FlightApi api, LinkHandler downloads) {
        http.setExecutor(executor);
        http.createContext("/flights", exchange -> send(exchange, answer(exchange, api)));
        http.createContext("/downloads/", exchange -> download(exchange, downloads));
        http.start();
        return new FlightServer(http);
    }

    private static Answer answer(HttpExchange exchange, FlightApi api) {
        try {
            return api.answer(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    Parameters.of(exchange.getRequestURI()));
        } catch (BadQueryException // bad tokens and tickets are such, too
                | RefusedByPolicyException
                | IllegalArgumentException
                | DateTimeException e) {
            return Answer.problem(400, String.valueOf(e.getMessage()));
        } catch (QueryTimedOutException e) {
            return Answer.problem(504, "it takes too long; ask for less");
        } catch (TieredQueryException e) {
            // The message names tables, buckets and executions, which callers have no business with.
            LOG.error("{} failed", exchange.getRequestURI().getPath(), e);
            return Answer.problem(503, "try again later");
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        try (exchange;
                OutputStream out = body(exchange, answer.status(), body.length)) {
            out.write(body);
        }
    }

    private static void download(HttpExchange exchange, LinkHandler downloads) throws IOException {
        try (exchange;
                LinkResponse response = downloads.handle(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getRawPath(),
                        exchange.getRequestHeaders())) {
            response.headers().forEach(exchange.getResponseHeaders()::set);
            try (OutputStream out = body(exchange, response.status(), response.bodyBytes())) {
                response.body().transferTo(out);
            }
        }
    }

    /** The JDK's server takes -1 for no body and 0 for one of unknown length. */
    private static OutputStream body(HttpExchange exchange, int status, long bytes) throws IOException {
        exchange.sendResponseHeaders(status, bytes == 0 ? -1 : bytes);
        return exchange.getResponseBody();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
