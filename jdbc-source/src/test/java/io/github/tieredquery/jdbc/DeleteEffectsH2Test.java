package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import java.sql.Connection;
import org.h2.api.Trigger;
import org.junit.jupiter.api.Test;

class DeleteEffectsH2Test extends DeleteEffectsContract {

    /** Does nothing. */
    public static final class Idle implements Trigger {
        @Override
        public void fire(Connection connection, Object[] before, Object[] after) {}
    }

    @Override
    H2Database database() {
        return H2Database.get();
    }

    @Override
    String schema() {
        return "PUBLIC";
    }

    @Override
    void createTrigger(String name, String timing, String of) {
        database()
                .execute("CREATE TRIGGER " + quoted(name) + " " + timing + " DELETE ON " + quoted(of)
                        + " FOR EACH ROW CALL '" + Idle.class.getName() + "'");
    }

    @Override
    String keptState(String action) {
        return "23503";
    }

    @Test
    void nothing_is_archived_through_a_view() {
        database().execute("CREATE VIEW " + quoted("view_" + number) + " AS SELECT * FROM " + quoted(table));
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table("view_" + number)
                .journal(journalName)
                .build();
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(unseen(store));
    }
}
