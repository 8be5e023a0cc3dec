package io.github.tieredquery.jdbc;

/** MariaDB by MySQL's driver. */
class DeleteEffectsMySqlDriverTest extends DeleteEffectsMariaTest {

    private static final MariaDatabase DATABASE = MariaDatabase.byMySqlDriver("");

    @Override
    MariaDatabase database() {
        return DATABASE;
    }
}
