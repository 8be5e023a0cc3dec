package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.HotStoreContract;
import io.github.tieredquery.testkit.HotStores;

/** MariaDB by MySQL's driver. */
class HotStoreMySqlDriverTest extends HotStoreContract {

    private final HotStores stores = new JdbcHotStores(MariaDatabase.byMySqlDriver(""));

    @Override
    protected HotStores stores() {
        return stores;
    }
}
