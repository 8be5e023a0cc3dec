package io.github.tieredquery.jdbc;

import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

class SilentPostgresTest extends SilentNetworkContract {

    @Override
    TestServer server() {
        return PostgresDatabase.get();
    }

    @Override
    DataSource dataSource(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        return source;
    }

    @Override
    String manyRows(int rows) {
        return "(SELECT TIMESTAMPTZ '2024-01-01 00:00:00Z' AS at, CAST(n AS bigint) AS id, repeat('x', 100) AS padding"
                + " FROM generate_series(1, " + rows + ") n) AS numbers";
    }
}
