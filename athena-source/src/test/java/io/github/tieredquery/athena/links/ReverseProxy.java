package io.github.tieredquery.athena.links;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reverse proxy as nginx is one: it answers under a host name of its own and sends every request on as it came, but
 * for the Host header, which is what it was told. It can also break in the middle of answers. One request at a time,
 * without a body, and a connection for each.
 */
final class ReverseProxy implements AutoCloseable {

    private final ServerSocket server;
    private final URI target;
    private final String host;
    private final int bytesBeforeCut;
    private final AtomicInteger cuts;

    private ReverseProxy(ServerSocket server, URI target, String host, int bytesBeforeCut, int cuts) {
        this.server = server;
        this.target = target;
        this.host = host;
        this.bytesBeforeCut = bytesBeforeCut;
        this.cuts = new AtomicInteger(cuts);
    }

    static ReverseProxy passingItsOwnHost(URI target) throws IOException {
        return start(target, "", 0, 0);
    }

    static ReverseProxy rewritingHost(URI target) throws IOException {
        return start(target, target.getAuthority(), 0, 0);
    }

    /** Cuts the first so many answers to GET requests after so many bytes. */
    static ReverseProxy cutting(URI target, int bytes, int times) throws IOException {
        return start(target, "", bytes, times);
    }

    private static ReverseProxy start(URI target, String host, int bytes, int cuts) throws IOException {
        ReverseProxy proxy =
                new ReverseProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target, host, bytes, cuts);
        Thread thread = new Thread(proxy::serve, "reverse-proxy");
        thread.setDaemon(true);
        thread.start();
        return proxy;
    }

    /** The same link under the proxy's name. */
    URI instead(URI link) {
        return URI.create(link.toString()
                .replace("://" + target.getAuthority() + "/", "://127.0.0.1:" + server.getLocalPort() + "/"));
    }

    /** The proxy under the name that S3 answers to. */
    URI endpoint() {
        return URI.create("http://localhost:" + server.getLocalPort());
    }

    /** How many answers are still to be cut. */
    int cutsLeft() {
        return cuts.get();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept();
                    Socket backend = new Socket(target.getHost(), target.getPort())) {
                InputStream in = new BufferedInputStream(client.getInputStream());
                String head = head(in);
                backend.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
                if (head.startsWith("GET ") && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    client.getOutputStream().write(backend.getInputStream().readNBytes(bytesBeforeCut));
                } else {
                    backend.getInputStream().transferTo(client.getOutputStream());
                }
            } catch (IOException e) {
                // The client sees that its connection is gone; the next one is served.
            }
        }
    }

    private String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client sent half a request");
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1)
                .replaceAll("(?im)^(?:connection|upgrade|http2-settings):.*\r\n", "")
                .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
        return host.isEmpty() ? text : text.replaceFirst("(?im)^host:.*\r\n", "Host: " + host + "\r\n");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
