package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ContractRows.CLOCKS;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One PostgreSQL server for all tests of the run; it ends with the JVM. If the property
 * {@code tieredquery.test.postgres} has an address, it is somebody else's server.
 */
public final class PostgresDatabase extends TestServer {

    private static final class Holder {
        static final PostgresDatabase INSTANCE = open();
    }

    private final @Nullable EmbeddedPostgres server;
    private final String url;

    private PostgresDatabase(@Nullable EmbeddedPostgres server, String url, String sessionSetUp) {
        super(new CountingDataSource(dataSource(url, sessionSetUp)));
        this.server = server;
        this.url = url;
    }

    public static PostgresDatabase get() {
        return Holder.INSTANCE;
    }

    EmbeddedPostgres server() {
        return Objects.requireNonNull(server, "another process has started the server");
    }

    /** The same server with some options in its URL: {@code preferQueryMode=simple}. */
    static PostgresDatabase withOptions(String options) {
        return new PostgresDatabase(get().server, get().url + "&" + options, "");
    }

    /** The same server by sessions that a pool or an application has set up with a statement. */
    static PostgresDatabase withSessions(String setUp) {
        return new PostgresDatabase(get().server, get().url, setUp);
    }

    /** Over an own data source, since the server's takes none of the options in a URL. */
    private static DataSource dataSource(String url, String sessionSetUp) {
        PGSimpleDataSource sessions = new PGSimpleDataSource() {
            private static final long serialVersionUID = 1L;

            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                if (!sessionSetUp.isEmpty()) {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(sessionSetUp);
                    }
                }
                return connection;
            }
        };
        sessions.setUrl(url);
        return sessions;
    }

    private static PostgresDatabase open() {
        String others = System.getProperty("tieredquery.test.postgres");
        if (others != null) {
            return new PostgresDatabase(null, others, "");
        }
        EmbeddedPostgres started = start();
        return new PostgresDatabase(started, started.getJdbcUrl("postgres", "postgres"), "");
    }

    /** A database of its own for another process, which is given its address. */
    String addressFor(String database) {
        execute("CREATE DATABASE " + quote(database));
        return url.replaceFirst("/postgres\\?", "/" + database + "?");
    }

    /** As text: an instant for a column with a zone, and its local time in UTC for one without. */
    @Override
    void bind(PreparedStatement statement, int index, ColumnType type, Object value) throws SQLException {
        if (value instanceof Instant || value instanceof LocalDate) {
            statement.setObject(index, value.toString(), Types.OTHER);
        } else {
            super.bind(statement, index, type, value);
        }
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder()
                    .setLocaleConfig("locale", "C.UTF-8")
                    // As the archiver wants it; the embedded one has it off.
                    .setServerConfig("fsync", "on")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public int connections() throws SQLException {
        return number("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'");
    }

    /** How many clients hold a transaction, and perhaps a cursor, without a statement that runs. */
    public int idleInTransaction() throws SQLException {
        return number("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'");
    }

    @Override
    String orReplace(Table table) {
        return table.orderColumns().stream().map(this::quote).collect(Collectors.joining(", ", " ON CONFLICT (", ")"))
                + " DO UPDATE SET " + assignments(table, column -> "EXCLUDED." + column);
    }

    @Override
    String typeOf(Column column, boolean isKey) {
        return switch (column.type().kind()) {
            case BOOLEAN -> "boolean";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case DOUBLE -> "double precision";
            case DECIMAL ->
                "numeric(" + column.type().precision() + "," + column.type().scale() + ")";
            // The order of a language, so that what forgets to ask for code points is found out.
            case STRING -> "text COLLATE \"en-x-icu\"";
            case DATE -> "date";
            case TIMESTAMP -> column.equals(CLOCKS.column("stamped")) ? "timestamp" : "timestamptz";
            case BINARY -> "bytea";
        };
    }
}
