package io.github.tieredquery.jdbc;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.Awkward;
import io.github.tieredquery.testkit.HotStores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Stores over tables of a test database. They fetch few rows at a time, so that cursors have to come back for more. */
final class JdbcHotStores implements HotStores {

    private static final int FETCH_SIZE = 64;

    private final TestDatabase database;
    private final Map<HotStore, Origin> origins = new HashMap<>();

    /** Where a store's rows are. */
    record Origin(String journal, String physicalName) {}

    JdbcHotStores(TestDatabase database) {
        this.database = database;
    }

    @Override
    public Set<Awkward> cannotHold() {
        if (database instanceof H2Database) {
            return EnumSet.of(Awkward.NEGATIVE_ZERO);
        }
        return database instanceof PostgresDatabase
                ? EnumSet.noneOf(Awkward.class)
                : EnumSet.of(Awkward.NAN, Awkward.POSITIVE_INFINITY, Awkward.NEGATIVE_INFINITY);
    }

    @Override
    public JdbcSource create(String journal, Table table, List<Row> rows) {
        return open(database.jdbi(), table, new Origin(journal, database.createTable(table, rows)));
    }

    @Override
    public JdbcSource another(HotStore store, Table table) {
        return open(database.jdbi(), table, origin(store));
    }

    @Override
    public void alter(HotStore store, Table table) {
        database.alter(origin(store).physicalName(), store.table(), table);
    }

    /** The same table and journal over other connections. */
    JdbcSource over(Jdbi jdbi, HotStore store) {
        return open(jdbi, store.table(), origin(store));
    }

    private JdbcSource open(Jdbi jdbi, Table table, Origin origin) {
        JdbcSource source = JdbcSource.builder(jdbi, table)
                .table(origin.physicalName())
                .fetchSize(FETCH_SIZE)
                .journal(origin.journal())
                .build();
        synchronized (origins) {
            origins.put(source, origin);
        }
        return source;
    }

    Origin origin(HotStore store) {
        synchronized (origins) {
            return Objects.requireNonNull(origins.get(store));
        }
    }

    @Override
    public void insert(HotStore store, List<Row> rows) {
        database.insert(origin(store).physicalName(), store.table(), rows);
    }

    @Override
    public void delete(HotStore store, TimeRange range) {
        String time = database.quote(store.table().timeColumn().name());
        String sql = "DELETE FROM " + database.quote(origin(store).physicalName()) + " WHERE " + time + " >= ? AND "
                + time + " < ?";
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, 1, store, range.from());
            bind(statement, 2, store, range.to());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private void bind(PreparedStatement statement, int index, HotStore store, Instant instant) throws SQLException {
        database.bind(statement, index, store.table().timeColumn().type(), instant);
    }
}
