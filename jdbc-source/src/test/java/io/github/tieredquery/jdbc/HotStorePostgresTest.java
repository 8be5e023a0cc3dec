package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.HotStoreContract;
import io.github.tieredquery.testkit.HotStores;

class HotStorePostgresTest extends HotStoreContract {

    private final HotStores stores = new JdbcHotStores(PostgresDatabase.get());

    @Override
    protected HotStores stores() {
        return stores;
    }
}
