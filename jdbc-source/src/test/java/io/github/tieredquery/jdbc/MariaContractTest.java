package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.Awkward;
import java.util.EnumSet;
import java.util.Set;

class MariaContractTest extends JdbcSourceContract {

    @Override
    TestDatabase database() {
        return MariaDatabase.get();
    }

    @Override
    protected Set<Awkward> cannotHold() {
        return EnumSet.of(Awkward.NAN, Awkward.POSITIVE_INFINITY, Awkward.NEGATIVE_INFINITY);
    }
}
