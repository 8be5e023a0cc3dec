package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.journal.Sql;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.WindowAttempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class DeleteEffectsPostgresTest extends DeleteEffectsContract {

    private static final String RESTRICT_READERS = "Restrict readers with TieredQuery.restrictedTo(…) and confirm with"
            + " JdbcSourceBuilder.acceptedRowSecurity()";
    private static final String SEE_ALL = "Use a role that sees all rows: one with BYPASSRLS, or the table's owner"
            + " without FORCE ROW LEVEL SECURITY";

    private final String view = "view_" + number;

    @Override
    PostgresDatabase database() {
        return PostgresDatabase.get();
    }

    @Override
    String schema() {
        return "public";
    }

    @Override
    void createTrigger(String name, String timing, String of) {
        createFunction("idle", "RETURN OLD");
        createTrigger(name, timing + " DELETE", of, "EACH ROW", "idle");
    }

    private void createFunction(String name, String body) {
        database()
                .execute("CREATE OR REPLACE FUNCTION " + name + "() RETURNS trigger LANGUAGE plpgsql AS" + " 'BEGIN "
                        + body + "; END'");
    }

    private void createTrigger(String name, String event, String of, String each, String function) {
        database()
                .execute("CREATE TRIGGER " + quoted(name) + " " + event + " ON " + quoted(of) + " FOR " + each
                        + " EXECUTE FUNCTION " + function + "()");
    }

    @Override
    String keptState(String action) {
        return action.equals("RESTRICT") ? "23001" : "23503";
    }

    @Test
    void a_key_that_sets_defaults_is_refused() {
        createItems();
        addKey(items, key, table, " ON DELETE SET DEFAULT");
        JdbcSource store = source().build();
        assertRefused(store, () -> prepared(store), keyOf(key, items, "SET DEFAULT") + ". " + CASCADE);
    }

    @Test
    void a_key_that_is_checked_at_the_end_of_the_transaction_stands_in_the_way_too() {
        createItems();
        addKey(items, key, table, " DEFERRABLE INITIALLY DEFERRED");
        insertItems(0);
        JdbcSource store = source().build();
        assertRefused(store, () -> prepared(store), keyOf(key, items, "NO ACTION") + ". " + REFERENCE);
        JdbcSource accepting = source().acceptedReferences(key).build();
        prepared(accepting);
        try (WindowAttempt attempt = begin(accepting, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(accepting, attempt);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(store.name() + ": committing table 'events', window " + MONDAY
                            + ", version 1 was refused"
                            + " by the database (SQL state 23503), since rows of other tables point at rows that are to"
                            + " be deleted or changed: " + keyOf(key, items, "NO ACTION")
                            + ". Delete or archive those rows first,"
                            + " and keep these at least as long; nothing was changed");
        }
        assertThat(ids()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_key_that_is_not_enforced_does_nothing() {
        createItems();
        addKey(items, key, table, " ON DELETE CASCADE NOT ENFORCED");
        insertItems(0);
        JdbcSource store = source().build();
        prepared(store);
        archive(store, MONDAY);
        assertThat(itemsLeft()).isEqualTo(18);
    }

    @Test
    void the_triggers_that_an_accepted_key_fires_have_to_be_accepted_too() {
        createItems();
        addKey(items, key, table, " ON DELETE CASCADE");
        addKey(items, "empty_" + key, table, " ON DELETE SET NULL");
        createTrigger("gone_" + number, "AFTER", items);
        createFunction("idle", "RETURN OLD");
        createTrigger("emptied_" + number, "AFTER UPDATE", items, "EACH ROW", "idle");
        createTrigger("inserted_" + number, "AFTER INSERT", items, "EACH ROW", "idle");
        JdbcSource store = source().acceptedCascades(key, "empty_" + key).build();
        assertRefused(
                store,
                () -> prepared(store),
                triggerOf("emptied_" + number, "AFTER UPDATE", items) + "; "
                        + triggerOf("gone_" + number, "AFTER DELETE", items) + ". " + TRIGGER);
    }

    @Test
    void the_triggers_of_rows_that_follow_an_accepted_key_have_to_be_accepted_too() {
        createItems();
        addKey(items, key, table, " ON DELETE SET DEFAULT");
        createFollower("notes_" + number, "of_item_" + number, items, "ON UPDATE SET DEFAULT");
        createFunction("idle", "RETURN OLD");
        createTrigger("changed_" + number, "AFTER UPDATE", "notes_" + number, "EACH ROW", "idle");
        createTrigger("inserted_" + number, "AFTER INSERT", "notes_" + number, "EACH ROW", "idle");
        JdbcSource store = source().acceptedCascades(key).build();
        assertRefused(
                store,
                () -> prepared(store),
                follows("of_item_" + number, "notes_" + number, items, "SET DEFAULT") + "; "
                        + triggerOf("changed_" + number, "AFTER UPDATE", "notes_" + number) + ". " + CASCADE + ". "
                        + TRIGGER);
        prepared(source().acceptedCascades(key, "of_item_" + number)
                .acceptedTriggers("changed_" + number)
                .build());
    }

    @Test
    void a_key_to_a_column_that_is_computed_from_one_that_changes_follows() {
        createItems();
        database()
                .execute("ALTER TABLE " + items
                        + " ADD COLUMN twice bigint UNIQUE GENERATED ALWAYS AS (COALESCE(oid, item) * 2) STORED");
        addKey(items, key, table, " ON DELETE SET NULL");
        database()
                .execute("CREATE TABLE notes_" + number + " (twice bigint CONSTRAINT of_item_" + number + " REFERENCES "
                        + items + " (twice) ON UPDATE CASCADE)");
        JdbcSource store = source().acceptedCascades(key).build();
        assertRefused(
                store,
                () -> prepared(store),
                follows("of_item_" + number, "notes_" + number, items, "CASCADE") + ". " + CASCADE);
    }

    @Test
    void a_trigger_that_is_disabled_does_nothing_and_one_of_the_whole_statement_counts() {
        createTrigger("off_" + number, "AFTER", table);
        database().execute("ALTER TABLE " + table + " DISABLE TRIGGER off_" + number);
        prepared(source().build());
        createTrigger("whole_" + number, "AFTER DELETE", table, "EACH STATEMENT", "idle");
        JdbcSource store = source().build();
        assertRefused(
                store, () -> prepared(store), triggerOf("whole_" + number, "AFTER DELETE", table) + ". " + TRIGGER);
    }

    /** Up to version 14 the copies of a trigger are internal to partitions, as those of keys are. */
    @Test
    void a_trigger_that_a_partition_has_from_its_parent_counts() {
        String parent = "parent_" + number;
        database().execute("CREATE TABLE " + parent + " (LIKE " + table + ") PARTITION BY RANGE (at)");
        database().execute("ALTER TABLE " + parent + " ATTACH PARTITION " + table + " DEFAULT");
        createTrigger("audit_" + number, "AFTER", parent);
        database()
                .execute(
                        "BEGIN; SET LOCAL allow_system_table_mods = on; UPDATE pg_catalog.pg_trigger SET tgisinternal ="
                                + " true WHERE tgparentid <> 0 AND tgname = 'audit_" + number + "'; COMMIT");
        JdbcSource leaf = source().build();
        assertRefused(leaf, () -> prepared(leaf), triggerOf("audit_" + number, "AFTER DELETE", table) + ". " + TRIGGER);
        database().execute("ALTER TABLE ONLY " + parent + " DISABLE TRIGGER audit_" + number);
        JdbcSource whole = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(parent)
                .journal(journalName)
                .acceptedKeyWithoutIndex()
                .build();
        assertRefused(
                whole, () -> prepared(whole), triggerOf("audit_" + number, "AFTER DELETE", table) + ". " + TRIGGER);
        database().execute("ALTER TABLE " + table + " DISABLE TRIGGER audit_" + number);
        prepared(leaf);
    }

    @Test
    void an_accepted_name_stands_for_one_trigger_or_reference_alone() {
        String parent = "parent_" + number;
        database().execute("CREATE TABLE " + parent + " (LIKE " + table + ") PARTITION BY LIST (id)");
        createFunction("idle", "RETURN OLD");
        createTrigger("whole_" + number, "AFTER", parent);
        for (int id = 1; id <= 2; id++) {
            String part = "part_" + id + "_" + number;
            database().execute("CREATE TABLE " + part + " PARTITION OF " + parent + " FOR VALUES IN (" + id + ")");
            database().execute("ALTER TABLE " + part + " ADD PRIMARY KEY (at, id)");
            createTrigger("audit_" + number, "AFTER", part);
            database()
                    .execute("CREATE TABLE to_" + part + " (oat timestamptz, oid bigint, CONSTRAINT " + key
                            + " FOREIGN KEY (oat, oid) REFERENCES " + part + " (at, id))");
        }
        String trigger = "audit_" + number;
        String first = "part_1_" + number;
        String second = "part_2_" + number;
        JdbcSourceBuilder builder = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(parent)
                .journal(journalName)
                .acceptedKeyWithoutIndex()
                .acceptedTriggers("whole_" + number);
        JdbcSource one = builder.acceptedTriggers(first + "." + trigger, trigger)
                .acceptedReferences("public.to_" + first + "." + key)
                .build();
        assertRefused(
                one,
                () -> prepared(one),
                triggerOf(trigger, "AFTER DELETE", second) + "; " + keyOf(key, "to_" + second, "NO ACTION") + ". "
                        + REFERENCE + ". " + TRIGGER + ". "
                        + ambiguous(
                                "acceptedTriggers",
                                trigger,
                                "public." + first + "." + trigger,
                                "public." + second + "." + trigger));
        prepared(builder.acceptedTriggers(second + "." + trigger)
                .acceptedReferences("to_" + second + "." + key)
                .build());
    }

    @Test
    void a_rule_counts_as_a_trigger_does() {
        database().execute("CREATE RULE kept_" + number + " AS ON DELETE TO " + table + " DO INSTEAD NOTHING");
        JdbcSource store = source().build();
        assertRefused(
                store,
                () -> prepared(store),
                "rule 'kept_" + number + "' of public." + table + " would run (ON DELETE). " + TRIGGER);
        prepared(source().acceptedTriggers("kept_" + number).build());
    }

    @Test
    void an_accepted_trigger_that_keeps_rows_keeps_their_window() {
        createFunction("keep_" + number, "RETURN CASE WHEN OLD.id = 2 THEN NULL ELSE OLD END");
        createTrigger("keeps_" + number, "BEFORE DELETE", table, "EACH ROW", "keep_" + number);
        JdbcSource store = source().acceptedTriggers("keeps_" + number).build();
        prepared(store);
        String kept = " rows went when they were deleted: "
                + triggerOf("keeps_" + number, "BEFORE DELETE", table)
                + ". Let it pass rows that are older than the archive keeps here, or drop it";
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(store.name() + ": nothing was archived, since 2 of 3" + kept);
            assertThat(journal(store).state().watermark()).isNull();
            assertThat(attempt.commit(copied, 1)).isEqualTo(Outcome.COMMITTED);
        }
        PendingDelete second = journal(store).undeleted().get(1);
        assertThatThrownBy(() -> journal(store).delete(second))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": nothing was archived, since 0 of 1" + kept);
        assertThat(ids()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_key_or_a_trigger_waits_for_the_transaction_that_is_deleting_rows() {
        createItems();
        createFunction("idle", "RETURN OLD");
        JdbcSource store = source().build();
        prepared(store);
        List<String> refused = new ArrayList<>();
        journal(store).betweenRereadAndDelete = () -> {
            refused.add(impatiently("ALTER TABLE " + items + " ADD FOREIGN KEY (oat, oid) REFERENCES " + table
                    + " (at, id) ON DELETE CASCADE"));
            refused.add(
                    impatiently("CREATE TRIGGER t AFTER DELETE ON " + table + " FOR EACH ROW EXECUTE FUNCTION idle()"));
            refused.add(impatiently("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY"));
        };
        archive(store, MONDAY);
        assertThat(refused).containsExactly("55P03", "55P03", "55P03");
    }

    private String impatiently(String ddl) {
        try (Connection connection = database().server().getPostgresDatabase().getConnection()) {
            Sql.execute(connection, "SET lock_timeout = '1ms'");
            Sql.execute(connection, ddl);
            return "done";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    @Test
    void a_publication_of_deletes_without_an_identity_is_refused() {
        database().execute("ALTER TABLE " + table + " REPLICA IDENTITY NOTHING");
        database().execute("CREATE PUBLICATION pub_" + number + " FOR TABLE " + table);
        JdbcSource store = source().build();
        assertRefused(
                store,
                () -> prepared(store),
                "publication 'pub_" + number + "' publishes deletes of public." + table + ", which has no replica"
                        + " identity, so that PostgreSQL refuses them. Give the table a primary key, or a REPLICA"
                        + " IDENTITY");
        database().execute("ALTER TABLE " + table + " REPLICA IDENTITY DEFAULT");
        prepared(store);
        archive(store, MONDAY);
        assertThat(ids()).isEmpty();
    }

    @Test
    void row_level_security_is_refused_unless_it_is_accepted() {
        database().execute("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
        database().execute("CREATE POLICY mine_" + number + " ON " + table + " USING (tenant = current_user)");
        JdbcSource store = source().build();
        String policies = "row-level security of public." + table + " (policies [mine_" + number
                + "]) ends where the archive begins, of which every reader sees every row";
        assertRefused(store, () -> prepared(store), policies + ". " + RESTRICT_READERS);
        JdbcSource accepting = source().acceptedRowSecurity().build();
        prepared(accepting);
        assertThat(Eraser.of(store)
                        .erase(List.of(event("2024-01-01T12:00:00Z", 2, "b")))
                        .hotRows())
                .isEqualTo(1);
        archive(accepting, MONDAY);
        assertThat(ids()).isEmpty();
    }

    @Test
    void row_level_security_that_comes_before_the_commit_rolls_it_back() {
        JdbcSource store = source().build();
        prepared(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            database().execute("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
            assertRefused(
                    store,
                    () -> attempt.commit(copied, Long.MAX_VALUE),
                    "row-level security of public." + table + " (policies []) ends where the archive begins, of which"
                            + " every reader sees every row. " + RESTRICT_READERS);
        }
        assertThat(ids()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_role_that_does_not_see_all_rows_neither_archives_nor_erases() {
        prepared(source().build());
        String role = "blind_" + number;
        database().execute("CREATE ROLE " + role + " LOGIN");
        database().execute("GRANT USAGE ON SCHEMA " + journalName + " TO " + role);
        database()
                .execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + journalName + " TO " + role);
        database().execute("GRANT SELECT, DELETE ON " + table + " TO " + role);
        database().execute("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
        database().execute("CREATE POLICY some_" + number + " ON " + table + " USING (id <> 2)");
        JdbcSource store = JdbcSource.builder(Jdbi.create(database().server().getDatabase(role, "postgres")), EVENTS)
                .table(table)
                .journal(journalName)
                .acceptedRowSecurity()
                .build();
        String hidden =
                "row-level security of public." + table + " would hide rows from this database user. " + SEE_ALL;
        assertRefused(store, () -> prepared(store), hidden);
        assertRefused(store, () -> Eraser.of(store).erase(List.of(event("2024-01-01T12:00:00Z", 2, "b"))), hidden);
        database().execute("ALTER ROLE " + role + " BYPASSRLS");
        prepared(store);
        archive(store, MONDAY);
        assertThat(ids()).isEmpty();
    }

    private JdbcSourceBuilder viewed() {
        return JdbcSource.builder(database().jdbi(), EVENTS)
                .table(view)
                .column("note", "remark")
                .journal(journalName);
    }

    /** Renames a column and filters, over another view that orders columns otherwise. */
    private void createView() {
        database().execute("CREATE VIEW inner_" + view + " AS SELECT id, note, tenant, at, 'x' AS kind FROM " + table);
        database()
                .execute("CREATE VIEW " + view + " AS SELECT v.at, v.id, v.tenant, v.note AS remark FROM inner_" + view
                        + " v WHERE v.id < 1000");
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
    void a_column_that_a_view_only_filters_by_or_computes_with_is_not_archived() {
        database().execute("ALTER TABLE " + table + " ADD COLUMN secret text DEFAULT 's3cret'");
        database()
                .execute("CREATE VIEW " + view + " AS SELECT at, id, tenant, upper(note) AS remark FROM " + table
                        + " WHERE secret <> ''");
        JdbcSource store = viewed().build();
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(JdbcJournalContract.undeclared(store, "note, secret"));
    }

    @Test
    void a_column_that_comes_to_the_table_behind_a_view_rolls_the_commit_back() {
        createView();
        JdbcSource store = viewed().build();
        prepared(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            database().execute("ALTER TABLE " + table + " ADD COLUMN secret text DEFAULT 's3cret'");
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(JdbcJournalContract.undeclared(store, "secret"));
        }
        assertThat(ids()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_hangs_on_the_table_behind_a_view_counts() {
        createView();
        createItems();
        addKey(items, key, table, " ON DELETE CASCADE");
        insertItems(0);
        createTrigger("audit_" + number, "AFTER", table);
        database().execute("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
        JdbcSource store = viewed().build();
        assertRefused(
                store,
                () -> prepared(store),
                triggerOf("audit_" + number, "AFTER DELETE", table) + "; " + keyOf(key, items, "CASCADE")
                        + "; row-level security of public." + table + " (policies []) ends where the archive begins, of"
                        + " which every reader sees every row. " + CASCADE + ". " + TRIGGER + ". " + RESTRICT_READERS);
        assertThat(itemsLeft()).isEqualTo(18);
    }

    @Test
    void a_trigger_instead_of_deleting_through_a_view_counts() {
        createView();
        createFunction("idle", "RETURN OLD");
        createTrigger("instead_" + number, "INSTEAD OF DELETE", view, "EACH ROW", "idle");
        JdbcSource store = viewed().build();
        assertRefused(
                store,
                () -> prepared(store),
                triggerOf("instead_" + number, "INSTEAD OF DELETE", view) + ". " + TRIGGER);
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
                "SELECT * FROM " + table + " WHERE id IN (SELECT max(id) FROM " + table + " UNION SELECT 1)",
                "SELECT * FROM " + table + " UNION ALL SELECT * FROM " + table + " WHERE false",
                "SELECT * FROM (SELECT * FROM " + table + " LIMIT 10) t")) {
            assertOnlyReadThrough(definition);
        }
        database().execute("CREATE MATERIALIZED VIEW other_" + view + " AS SELECT * FROM " + table);
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table("other_" + view)
                .journal(journalName)
                .build();
        assertThatThrownBy(() -> prepared(store)).hasMessage(unseen(store));
        database().execute("CREATE INDEX ON other_" + view + " (at)");
        assertThat(JdbcSource.builder(database().jdbi(), EVENTS)
                        .table("other_" + view)
                        .build()
                        .explain(Scan.of(EVENTS, MONDAY))
                        .accessPath())
                .as("it has indexes of its own")
                .isEqualTo(AccessPath.KEY_RANGE);
    }
}
