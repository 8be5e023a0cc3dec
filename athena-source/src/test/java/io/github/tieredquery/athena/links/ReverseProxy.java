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

/**
 * A reverse proxy as nginx is one: it answers under a host name of its own and sends every request on as it came, but
 * for the Host header, which is what it was told. One request a connection.
 */
final class ReverseProxy implements AutoCloseable {

    private final ServerSocket server;
    private final URI target;
    private final String host;

    /** The host is what the target is told; null for the proxy's own, as the client has sent it. */
    private ReverseProxy(ServerSocket server, URI target, String host) {
        this.server = server;
        this.target = target;
        this.host = host;
    }

    static ReverseProxy passingItsOwnHost(URI target) throws IOException {
        return start(target, "");
    }

    static ReverseProxy rewritingHost(URI target) throws IOException {
        return start(target, target.getAuthority());
    }

    private static ReverseProxy start(URI target, String host) throws IOException {
        ReverseProxy proxy = new ReverseProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target, host);
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

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept();
                    Socket backend = new Socket(target.getHost(), target.getPort())) {
                InputStream in = new BufferedInputStream(client.getInputStream());
                backend.getOutputStream().write(head(in).getBytes(StandardCharsets.ISO_8859_1));
                backend.getInputStream().transferTo(client.getOutputStream());
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
