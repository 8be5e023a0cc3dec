package io.github.tieredquery.jdbc;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

class SilentMariaTest extends SilentNetworkContract {

    @Override
    TestServer server() {
        return MariaDatabase.get();
    }

    @Override
    DataSource dataSource(String url) {
        try {
            return new MariaDbDataSource(url);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    String manyRows(int rows) {
        return "(SELECT CAST('2024-01-01 00:00:00' AS DATETIME(6)) AS at, CAST(seq AS SIGNED) AS id, repeat('x', 100) AS"
                + " padding FROM seq_1_to_" + rows + ") AS numbers";
    }
}
