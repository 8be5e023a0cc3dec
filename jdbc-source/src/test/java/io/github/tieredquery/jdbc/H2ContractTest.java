package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.Awkward;
import java.util.EnumSet;
import java.util.Set;

class H2ContractTest extends JdbcSourceContract {

    @Override
    TestDatabase database() {
        return H2Database.get();
    }

    @Override
    protected Set<Awkward> cannotHold() {
        return EnumSet.of(Awkward.NEGATIVE_ZERO);
    }
}
