package io.github.tieredquery.jdbc;

import java.util.concurrent.CompletableFuture;

class JournalH2Test extends JdbcJournalContract {

    @Override
    TestDatabase database() {
        return H2Database.get();
    }

    @Override
    void awaitRacingInsert(CompletableFuture<?> insert) {
        insert.join();
    }
}
