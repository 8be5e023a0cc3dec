package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.HotStores;
import io.github.tieredquery.testkit.JournalContract;

class JournalPostgresTest extends JournalContract {

    private final HotStores stores = new JdbcHotStores(PostgresDatabase.get());

    @Override
    protected HotStores stores() {
        return stores;
    }
}
