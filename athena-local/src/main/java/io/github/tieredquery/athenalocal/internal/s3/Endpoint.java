package io.github.tieredquery.athenalocal.internal.s3;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.gaul.shaded.org.eclipse.jetty.http.HttpCompliance;
import org.gaul.shaded.org.eclipse.jetty.http.UriCompliance;
import org.gaul.shaded.org.eclipse.jetty.server.HttpConfiguration;
import org.gaul.shaded.org.eclipse.jetty.server.HttpConnectionFactory;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.server.ServerConnector;
import org.gaul.shaded.org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.gaul.shaded.org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/** A server on the loopback interface that hands every request to one servlet. Its threads are daemons. */
public final class Endpoint implements AutoCloseable {
    private static final int MAX_THREADS = 256;
    /**
     * Longer than clients keep a connection that they don't use (a minute in AWS's), so that it's they who close it: a
     * request that meets a server's close gets no answer.
     */
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(10);

    private final String name;
    private final Server server;
    private final ServerConnector connector;

    /** A port of 0 takes any free one. */
    public Endpoint(String name, int port, HttpServlet servlet) {
        this.name = name;
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 4);
        threads.setName(name);
        threads.setDaemon(true);
        server = new Server(threads, new ScheduledExecutorScheduler(name + "-scheduler", true), null);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setHttpCompliance(HttpCompliance.LEGACY);
        configuration.setUriCompliance(UriCompliance.LEGACY);
        configuration.setHeaderCacheCaseSensitive(true);
        configuration.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(servlet), "/*");
        server.setHandler(context);
        server.setStopTimeout(0);
    }

    public void start() {
        try {
            server.start();
        } catch (Exception failure) {
            throw new IllegalStateException("The server " + name + " doesn't start: " + failure.getMessage(), failure);
        }
    }

    /** It names localhost rather than 127.0.0.1, which S3 would take for the bucket of a virtual host. */
    public URI uri() {
        return URI.create("http://localhost:" + connector.getLocalPort());
    }

    /** Cuts the connection of a request, so that its response is lost. */
    public static void cut(HttpServletRequest request) {
        ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("The server " + name + " doesn't stop: " + failure.getMessage(), failure);
        }
    }
}
