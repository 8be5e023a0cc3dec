package io.github.tieredquery.jdbc;

import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.SourceContract;
import java.util.List;

/** The contract over a table of a database. */
abstract class JdbcSourceContract extends SourceContract {

    abstract TestDatabase database();

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        String name = database().createTable(table, rows);
        return JdbcSource.builder(database().jdbi(), table).table(name).build();
    }

    @Override
    protected long queriesStarted() {
        return database().dataSource().opened();
    }
}
