package io.github.tieredquery.jdbc;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.stream.Collectors;

/** One PostgreSQL server for all tests of the run; it ends with the JVM. */
public final class PostgresDatabase extends TestServer {

    private static final class Holder {
        static final PostgresDatabase INSTANCE = new PostgresDatabase(start());
    }

    private final EmbeddedPostgres server;

    private PostgresDatabase(EmbeddedPostgres server) {
        super(new CountingDataSource(server.getPostgresDatabase()));
        this.server = server;
    }

    public static PostgresDatabase get() {
        return Holder.INSTANCE;
    }

    EmbeddedPostgres server() {
        return server;
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder()
                    .setLocaleConfig("locale", "C.UTF-8")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String url() {
        return server.getJdbcUrl("postgres", "postgres");
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
            case TIMESTAMP -> "timestamptz";
            case BINARY -> "bytea";
        };
    }
}
