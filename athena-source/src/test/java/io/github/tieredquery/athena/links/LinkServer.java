package io.github.tieredquery.athena.links;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service that answers its links, with the JDK's HTTP server. */
final class LinkServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    private LinkServer(HttpServer server) {
        this.server = server;
    }

    static LinkServer start() throws IOException {
        LinkServer started =
                new LinkServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        started.server.setExecutor(started.executor);
        started.server.start();
        return started;
    }

    /** The base of its links. */
    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/downloads/");
    }

    void answerWith(LinkHandler handler) {
        server.createContext("/", exchange -> {
            try (exchange;
                    LinkResponse response = handler.handle(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().getRawPath(),
                            exchange.getRequestHeaders())) {
                response.headers().forEach(exchange.getResponseHeaders()::set);
                exchange.sendResponseHeaders(response.status(), response.bodyBytes() == 0 ? -1 : response.bodyBytes());
                response.body().transferTo(exchange.getResponseBody());
            }
        });
    }

    /** Sends a request as it is written here, which HTTP clients won't do, and gives the whole answer. */
    String raw(String requestLine, String... headers) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            OutputStream out = socket.getOutputStream();
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            out.write((requestLine + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
