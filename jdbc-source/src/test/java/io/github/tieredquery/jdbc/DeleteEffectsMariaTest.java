package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.WindowAttempt;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeleteEffectsMariaTest extends DeleteEffectsContract {

    private final String view = "view_" + number;

    @Override
    MariaDatabase database() {
        return MariaDatabase.get();
    }

    @Override
    String schema() {
        return "tieredquery";
    }

    @Override
    void createTrigger(String name, String timing, String of) {
        database()
                .execute("CREATE TRIGGER " + quoted(name) + " " + timing + " DELETE ON " + quoted(of)
                        + " FOR EACH ROW SET @tieredquery = 1");
    }

    @Override
    String keptState(String action) {
        return "23000";
    }

    @Test
    void a_key_of_another_database_counts() {
        String other = "other ä/" + number;
        database().execute("CREATE DATABASE " + quoted(other));
        database()
                .execute("CREATE TABLE " + quoted(other)
                        + ".`its items` (oat datetime(6), oid bigint, CONSTRAINT `of it`"
                        + " FOREIGN KEY (oat, oid) REFERENCES tieredquery." + quoted(table)
                        + " (at, id) ON DELETE CASCADE)");
        JdbcSource store = source().build();
        assertRefused(
                store,
                () -> prepared(store),
                "foreign key 'of it' of " + other + ".its items " + would("CASCADE") + ". " + CASCADE);
        database().execute("DROP DATABASE " + quoted(other));
    }

    private JdbcSourceBuilder viewed() {
        return JdbcSource.builder(database().jdbi(), EVENTS)
                .table(view)
                .column("note", "re`mark")
                .journal(journalName);
    }

    /** Renames a column and filters, over another view that orders columns otherwise. */
    private void createView() {
        database()
                .execute("CREATE VIEW inner_" + view
                        + " AS SELECT id, note AS `no,te`, tenant, at, 'a, from `b`' AS kind" + " FROM " + table);
        database()
                .execute(
                        "CREATE VIEW " + view + " AS SELECT v.at, v.id, v.tenant, `v`.`no,te` AS `re``mark` FROM inner_"
                                + view + " v WHERE v.id < 1000 AND kind <> 'select'");
    }

    @Test
    void columns_that_a_view_does_not_show_are_not_lost() {
        createView();
        database().execute("ALTER TABLE " + table + " ADD COLUMN secret text DEFAULT 's3cret'");
        JdbcSource store = viewed().build();
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(JdbcJournalContract.undeclared(store, "secret"));
        JdbcSource excluding = viewed().excludedColumns("secret").build();
        prepared(excluding);
        archive(excluding, MONDAY);
        assertThat(ids()).isEmpty();
    }

    @Test
    void a_column_that_a_view_only_computes_with_is_not_archived() {
        database()
                .execute("CREATE VIEW " + view
                        + " AS SELECT at, id, tenant, concat(upper(note), ', ') AS `re``mark` FROM " + table);
        JdbcSource store = viewed().build();
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(JdbcJournalContract.undeclared(store, "note"));
    }

    @Test
    void what_comes_to_the_table_behind_a_view_rolls_the_commit_back() {
        createView();
        createItems();
        insertItems(0);
        JdbcSource store = viewed().build();
        prepared(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            createTrigger("audit_" + number, "AFTER", table);
            addKey(items, key, table, " ON DELETE SET NULL");
            assertRefused(
                    store,
                    () -> attempt.commit(copied, Long.MAX_VALUE),
                    triggerOf("audit_" + number, "AFTER DELETE", table) + "; " + keyOf(key, items, "SET NULL") + ". "
                            + CASCADE + ". " + TRIGGER);
        }
        assertThat(itemsLeft()).isEqualTo(18);
        assertThat(ids()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void the_index_of_the_table_behind_a_view_serves_a_plan() {
        createView();
        assertThat(viewed().build().explain(Scan.of(EVENTS, MONDAY)).accessPath())
                .isEqualTo(AccessPath.KEY_RANGE);
    }

    @Test
    void nothing_is_archived_through_other_views_and_they_are_read() {
        createItems();
        for (String definition : List.of(
                "SELECT e.* FROM " + table + " e JOIN " + table + " o ON o.at = e.at AND o.id = e.id",
                "SELECT DISTINCT * FROM " + table,
                "SELECT * FROM " + table + " WHERE id NOT IN (SELECT oid FROM " + items + ")",
                "SELECT * FROM " + table + " UNION ALL SELECT * FROM " + table + " WHERE false",
                "SELECT * FROM " + table + " LIMIT 10")) {
            assertOnlyReadThrough(definition);
        }
    }
}
