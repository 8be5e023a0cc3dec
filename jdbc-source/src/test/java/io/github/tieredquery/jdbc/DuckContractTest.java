package io.github.tieredquery.jdbc;

class DuckContractTest extends JdbcSourceContract {

    @Override
    TestDatabase database() {
        return DuckDatabase.get();
    }
}
