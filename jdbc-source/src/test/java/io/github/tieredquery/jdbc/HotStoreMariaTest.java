package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.HotStoreContract;
import io.github.tieredquery.testkit.HotStores;

class HotStoreMariaTest extends HotStoreContract {

    private final HotStores stores = new JdbcHotStores(MariaDatabase.get());

    @Override
    protected HotStores stores() {
        return stores;
    }
}
