package io.github.tieredquery.jdbc;

import static io.github.tieredquery.table.ColumnType.INT64;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.jdbc.internal.dialect.LocalTimes;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.jdbc.internal.scan.TableSettings;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotTest {

    private static final Table EVENTS =
            Table.builder("events").time("at").key("id", INT64).build();

    static Stream<TestDatabase> databases() {
        return Stream.of(PostgresDatabase.get(), MariaDatabase.get(), H2Database.get(), DuckDatabase.get());
    }

    @ParameterizedTest
    @MethodSource("databases")
    void scans_in_a_snapshot_see_one_state(TestDatabase database) throws SQLException {
        String name = database.createTable(EVENTS, List.of());
        String insert = "INSERT INTO " + database.quote(name) + " VALUES ('2024-03-01 00:00:00', ";
        database.execute(insert + "1)");
        try (Connection connection = database.dataSource().getConnection()) {
            TableSettings settings = new TableSettings(
                    EVENTS,
                    Relation.table(List.of(name)),
                    Map.of(),
                    Set.of(),
                    LocalTimes.earlier(ZoneOffset.UTC),
                    null,
                    null,
                    100);
            int isolation = connection.getTransactionIsolation();
            PhysicalTable table =
                    PhysicalTable.inspect(connection, SqlDialect.of(connection).dialect(), settings);
            table.beginSnapshot(connection);
            assertThat(count(table, connection)).isEqualTo(1);
            database.execute(insert + "2)");
            assertThat(count(table, connection)).isEqualTo(1);
            table.end(connection);
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(isolation);
            assertThat(count(table, connection)).isEqualTo(2);
        }
    }

    private static long count(PhysicalTable table, Connection connection) {
        TimeRange year = new TimeRange(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));
        return table.count(connection, Scan.of(EVENTS, year), ScanControl.unlimited());
    }
}
