package io.github.tieredquery.jdbc;

import java.util.concurrent.CompletableFuture;

/** MariaDB by MySQL's driver. */
class JournalMySqlDriverTest extends JdbcJournalContract {

    private static final MariaDatabase DATABASE = MariaDatabase.byMySqlDriver("");

    @Override
    TestDatabase database() {
        return DATABASE;
    }

    @Override
    void awaitRacingInsert(CompletableFuture<?> insert) throws Exception {
        JournalMariaTest.awaitLockedOut(DATABASE, insert);
    }
}
