package io.github.tieredquery.jdbc;

class PostgresContractTest extends JdbcSourceContract {

    @Override
    TestDatabase database() {
        return PostgresDatabase.get();
    }
}
