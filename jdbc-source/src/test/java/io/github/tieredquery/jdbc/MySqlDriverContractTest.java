package io.github.tieredquery.jdbc;

/** MariaDB by MySQL's driver. */
class MySqlDriverContractTest extends MariaContractTest {

    private static final TestDatabase DATABASE = MariaDatabase.byMySqlDriver("");

    @Override
    TestDatabase database() {
        return DATABASE;
    }
}
