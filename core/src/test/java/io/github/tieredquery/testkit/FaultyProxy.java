package io.github.tieredquery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A piece of network in front of a server of this machine, which fails when it is told to: at a byte, or at a
 * connection. Thread-safe; whoever starts it closes it.
 */
public final class FaultyProxy implements AutoCloseable {

    private static final int BUFFER_BYTES = 4096;

    /** What the network does. */
    public enum Kind {
        /** Connections are reset. New ones work. */
        CUT,
        /** Nothing gets through, and all of it arrives once the network has healed. */
        STALL,
        /** The receiver is told that nothing more comes. */
        HALF_CLOSE,
        /** What is sent vanishes, on connections that there are and on new ones. */
        SWALLOW
    }

    /** Where from and to. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /**
     * A fault.
     *
     * @param afterBytes it comes after so many bytes have passed in its direction since it was injected
     * @param afterConnections bytes count from the so manieth connection on that is opened since; 0 for those that
     *     there are as well
     */
    public record Fault(Kind kind, Direction direction, long afterBytes, int afterConnections) {

        /** Any fault. */
        public static Fault random(Random random) {
            return new Fault(
                    Kind.values()[random.nextInt(Kind.values().length)],
                    Direction.values()[random.nextInt(Direction.values().length)],
                    // Small numbers are as likely as big ones.
                    (long) Math.exp(random.nextDouble() * 10) - 1,
                    random.nextInt(4) == 0 ? 1 : 0);
        }
    }

    private final ServerSocket server;
    private final int targetPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private @Nullable Fault fault;
    private boolean active;
    private long passed;
    private int connections;
    private long faults;
    private volatile boolean closed;

    private FaultyProxy(ServerSocket server, int targetPort) {
        this.server = server;
        this.targetPort = targetPort;
    }

    /** Starts one on a free port. */
    public static FaultyProxy to(int targetPort) {
        try {
            FaultyProxy proxy =
                    new FaultyProxy(new ServerSocket(0, 200, InetAddress.getByName("localhost")), targetPort);
            daemon(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public int port() {
        return server.getLocalPort();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "faulty-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                synchronized (this) {
                    connections++;
                }
                Link link = new Link(client);
                links.add(link);
                daemon(link::run);
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Lets the network fail when it comes to it. */
    public synchronized void inject(Fault next) {
        fault = next;
        active = false;
        passed = 0;
        connections = 0;
    }

    /** Whether the fault has come. */
    public synchronized boolean isActive() {
        return active;
    }

    /** How many faults have come so far. */
    public synchronized long faults() {
        return faults;
    }

    /** Waits until the fault has come. */
    public synchronized void awaitActive() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!active) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("no fault: " + fault + " after " + passed + " bytes");
            }
            wait(100);
        }
    }

    /** Lets the network work again; connections that have lost bytes are reset. Whether a fault had come. */
    public boolean heal() {
        boolean had;
        synchronized (this) {
            had = active;
            fault = null;
            active = false;
            notifyAll();
        }
        links.stream().filter(link -> link.lossy).forEach(Link::cut);
        return had;
    }

    /** How many of the bytes get through; the rest meets the fault. */
    private synchronized int passing(Direction direction, int bytes) {
        Fault current = fault;
        if (current == null || current.direction() != direction || connections < current.afterConnections()) {
            return bytes;
        }
        if (active) {
            return 0;
        }
        if (passed + bytes <= current.afterBytes()) {
            passed += bytes;
            return bytes;
        }
        int before = (int) (current.afterBytes() - passed);
        passed = current.afterBytes();
        active = true;
        faults++;
        notifyAll();
        return before;
    }

    /** What happens to bytes that don't get through; null if the network has healed meanwhile. */
    private synchronized @Nullable Kind kind() {
        return fault == null ? null : fault.kind();
    }

    private synchronized void awaitHealing() throws InterruptedException {
        while (active && !closed) {
            wait(1_000);
        }
    }

    /** A cut is over at once. */
    private synchronized void ended() {
        fault = null;
        notifyAll();
    }

    @Override
    public void close() {
        closed = true;
        heal();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        links.forEach(Link::cut);
    }

    /** A connection, and the one to the server that it leads to. */
    private final class Link {

        private final Socket client;
        private final Socket upstream = new Socket();
        private volatile boolean lossy;
        private volatile int open = 2;

        Link(Socket client) {
            this.client = client;
        }

        void run() {
            try {
                client.setTcpNoDelay(true);
                upstream.setTcpNoDelay(true);
                upstream.connect(new InetSocketAddress("localhost", targetPort));
            } catch (IOException e) {
                cut();
                return;
            }
            daemon(() -> pump(client, upstream, Direction.TO_SERVER));
            pump(upstream, client, Direction.TO_CLIENT);
        }

        private void pump(Socket from, Socket to, Direction direction) {
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    int passing = passing(direction, read);
                    out.write(buffer, 0, passing);
                    if (passing < read) {
                        fail(to, buffer, passing, read - passing);
                    }
                }
                // Whoever has hung up in a silent network isn't heard either.
                if (!(isActive() && kind() == Kind.SWALLOW)) {
                    to.shutdownOutput();
                }
                ended(false);
            } catch (IOException e) {
                ended(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized void ended(boolean broken) {
            open--;
            if (broken || open == 0) {
                cut();
            }
        }

        private void fail(Socket to, byte[] buffer, int from, int length) throws IOException, InterruptedException {
            Kind kind = kind();
            if (kind == null) {
                // Healed in between.
                to.getOutputStream().write(buffer, from, length);
                return;
            }
            switch (kind) {
                case CUT -> {
                    FaultyProxy.this.ended();
                    links.forEach(Link::cut);
                }
                case STALL -> {
                    awaitHealing();
                    to.getOutputStream().write(buffer, from, length);
                }
                case HALF_CLOSE -> {
                    lossy = true;
                    if (!to.isOutputShutdown()) {
                        to.shutdownOutput();
                    }
                }
                case SWALLOW -> lossy = true;
            }
        }

        void cut() {
            links.remove(this);
            reset(client);
            reset(upstream);
        }

        private static void reset(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It is closed already.
                return;
            }
        }
    }
}
