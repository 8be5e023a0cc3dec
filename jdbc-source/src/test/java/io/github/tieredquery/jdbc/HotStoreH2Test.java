package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.HotStoreContract;
import io.github.tieredquery.testkit.HotStores;

class HotStoreH2Test extends HotStoreContract {

    private final HotStores stores = new JdbcHotStores(H2Database.get());

    @Override
    protected HotStores stores() {
        return stores;
    }
}
