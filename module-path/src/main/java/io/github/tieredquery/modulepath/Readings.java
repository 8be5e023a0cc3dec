package io.github.tieredquery.modulepath;

import static io.github.tieredquery.table.ColumnType.INT64;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;

/** Some readings in a database in memory. */
final class Readings {

    private static final Table TABLE = Table.builder("readings")
            .time("at")
            .key("id", INT64)
            .column("celsius", INT64)
            .build();

    private final JdbcDataSource database = new JdbcDataSource();

    Readings() throws SQLException {
        database.setURL("jdbc:h2:mem:readings;DB_CLOSE_DELAY=-1");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE \"readings\" (\"at\" TIMESTAMP(6) NOT NULL, \"id\" BIGINT NOT NULL, \"celsius\" BIGINT)");
            statement.execute("CREATE UNIQUE INDEX by_time ON \"readings\" (\"at\", \"id\")");
            statement.execute("INSERT INTO \"readings\" VALUES (TIMESTAMP '2024-01-01 10:00:00', 1, 4),"
                    + " (TIMESTAMP '2024-01-01 11:00:00', 2, 7), (TIMESTAMP '2024-01-01 12:00:00', 3, 9)");
        }
    }

    List<Row> warmerThan(long celsius) {
        try (JdbcSource source = JdbcSource.builder(database, TABLE).build()) {
            return TieredQuery.builder(TABLE)
                    .hot(source)
                    .build()
                    .list(Query.between(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2024-01-02T00:00:00Z"))
                            .where(Filter.gt("celsius", celsius)));
        }
    }
}
