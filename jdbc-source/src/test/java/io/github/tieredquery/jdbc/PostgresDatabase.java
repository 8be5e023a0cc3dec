package io.github.tieredquery.jdbc;

import io.github.tieredquery.table.Column;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** One PostgreSQL server for all tests of the run; it ends with the JVM. */
final class PostgresDatabase extends TestDatabase {

    private static final class Holder {
        static final PostgresDatabase INSTANCE = new PostgresDatabase(start());
    }

    private final EmbeddedPostgres server;

    private PostgresDatabase(EmbeddedPostgres server) {
        super(new CountingDataSource(server.getPostgresDatabase()));
        this.server = server;
    }

    static PostgresDatabase get() {
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
