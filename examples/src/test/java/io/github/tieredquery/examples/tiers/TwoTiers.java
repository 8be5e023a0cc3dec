package io.github.tieredquery.examples.tiers;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.OwnArchiveBuilder;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.jdbc.JdbcSourceBuilder;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** A PostgreSQL and an Athena for one test class, with SQL that is written here and not taken from what is tested. */
final class TwoTiers implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final AthenaLocal athena;
    private final AwsAccess aws;
    private final HikariDataSource pool;

    private TwoTiers(EmbeddedPostgres postgres, AthenaLocal athena) {
        this.postgres = postgres;
        this.athena = athena;
        this.aws = access().build();
        this.pool = pool(4);
    }

    static TwoTiers start() {
        EmbeddedPostgres postgres;
        try {
            postgres = EmbeddedPostgres.builder()
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setServerConfig("fsync", "on")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TwoTiers(postgres, AthenaLocal.start());
    }

    AthenaLocal athena() {
        return athena;
    }

    /** A pool of so many connections, which the test closes. Whoever needs one more fails after ten seconds. */
    HikariDataSource pool(int connections) {
        HikariDataSource limited = new HikariDataSource();
        limited.setDataSource(postgres.getPostgresDatabase());
        limited.setMaximumPoolSize(connections);
        limited.setConnectionTimeout(10_000);
        return limited;
    }

    /** The hot tier of a table of its own name, over connections that every test may use. */
    JdbcSourceBuilder hot(Table table) {
        return hot(table, pool);
    }

    JdbcSourceBuilder hot(Table table, HikariDataSource connections) {
        return JdbcSource.builder(Jdbi.create(connections), table).journal("tieredquery");
    }

    /** An access that the test closes, with keys and endpoints of this Athena. */
    AwsAccess.Builder access() {
        return AwsAccess.builder()
                .region(athena.region().id())
                .credentials(athena.credentials())
                .athenaEndpoint(athena.athenaEndpoint())
                .s3Endpoint(athena.s3Endpoint())
                .pathStyle();
    }

    OwnArchiveBuilder cold(Table table) {
        return cold(table, aws);
    }

    OwnArchiveBuilder cold(Table table, AwsAccess access) {
        return AthenaSource.archive(access, table)
                .table("default", table.name())
                .location("s3://" + athena.bucket() + "/" + table.name() + "/")
                .results(results())
                .createTableIfMissing();
    }

    /** Where results are, and statements looked at often. */
    AthenaResults results() {
        return AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(20));
    }

    void createTable(Table table) {
        execute("CREATE TABLE " + table.name()
                + table.rowType().columns().stream()
                        .map(column -> '"' + column.name() + "\" " + typeOf(column.type())
                                + (column.nullable() ? "" : " NOT NULL"))
                        .collect(Collectors.joining(", ", " (", ", PRIMARY KEY ("))
                + String.join(", ", table.orderColumns()) + "))");
    }

    private static String typeOf(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case DOUBLE -> "double precision";
            case DECIMAL -> "numeric(" + type.precision() + "," + type.scale() + ")";
            case STRING -> "text";
            case DATE -> "date";
            case TIMESTAMP -> "timestamptz";
            case BINARY -> "bytea";
        };
    }

    void insert(Table table, List<Row> rows) {
        List<Column> columns = table.rowType().columns();
        String sql = columns.stream()
                .map(column -> "?")
                .collect(Collectors.joining(", ", "INSERT INTO " + table.name() + " VALUES (", ")"));
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Row row : rows) {
                for (int i = 0; i < columns.size(); i++) {
                    Object value = row.value(i);
                    if (value == null) {
                        statement.setNull(i + 1, Types.NULL);
                    } else if (value instanceof Instant instant) {
                        statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
                    } else {
                        statement.setObject(i + 1, value);
                    }
                }
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage() + " in " + sql, e);
        }
    }

    /** The one number that a query gives. */
    long number(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage() + " in " + sql, e);
        }
    }

    @Override
    public void close() {
        pool.close();
        aws.close();
        athena.close();
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
