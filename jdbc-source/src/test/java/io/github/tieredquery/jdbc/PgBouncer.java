package io.github.tieredquery.jdbc;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Debian's PgBouncer in transaction mode: each transaction goes to whichever connection to the server is free, and
 * statements outside of one do so each by itself.
 */
final class PgBouncer implements AutoCloseable {

    private final Process process;
    private final Path configuration;
    private final int port;

    private PgBouncer(Process process, Path configuration, int port) {
        this.process = process;
        this.configuration = configuration;
        this.port = port;
    }

    /** The program, empty if it isn't installed. */
    static Optional<Path> binary() {
        return List.of(
                        "/usr/sbin/pgbouncer",
                        "/usr/bin/pgbouncer",
                        "/usr/local/bin/pgbouncer",
                        "/opt/homebrew/bin/pgbouncer")
                .stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts one in front of a server that trusts everybody.
     *
     * @param serverConnections how many connections to the server all clients share
     */
    static PgBouncer start(Path binary, int serverPort, int serverConnections) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path configuration = Files.createTempFile("pgbouncer", ".ini");
        // It refuses to run as root.
        String user = System.getProperty("user.name").equals("root") ? "user = nobody\n" : "";
        Files.writeString(
                configuration,
                "[databases]\npostgres = host=127.0.0.1 port=" + serverPort + " dbname=postgres user=postgres\n"
                        + "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " + port + "\nunix_socket_dir =\n" + user
                        + "auth_type = any\npool_mode = transaction\ndefault_pool_size = " + serverConnections
                        + "\nignore_startup_parameters = extra_float_digits\n");
        Process process = new ProcessBuilder(binary.toString(), configuration.toString())
                .redirectErrorStream(true)
                .start();
        PgBouncer started = new PgBouncer(process, configuration, port);
        StringBuilder said = new StringBuilder();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains("process up")) {
                Thread drain = new Thread(() -> output.lines().forEach(rest -> {}), "pgbouncer's output");
                drain.setDaemon(true);
                drain.start();
                return started;
            }
        }
        started.close();
        throw new IOException("PgBouncer doesn't start:\n" + said);
    }

    /** Connections through it, without prepared statements of the server's, which it doesn't follow. */
    CountingDataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL("jdbc:postgresql://127.0.0.1:" + port + "/postgres?prepareThreshold=0");
        dataSource.setUser("postgres");
        return new CountingDataSource(dataSource);
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(configuration);
    }
}
