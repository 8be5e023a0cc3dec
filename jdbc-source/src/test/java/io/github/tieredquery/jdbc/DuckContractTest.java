package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;

class DuckContractTest extends JdbcSourceContract {

    @Override
    TestDatabase database() {
        return DuckDatabase.get();
    }

    /** Its driver streams here, and doesn't tell then why a statement fails. */
    @Override
    protected Class<? extends TieredQueryException> overflow() {
        return SourceUnavailableException.class;
    }
}
