package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.journal.JdbcJournal;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What hangs on rows that are archived or erased: nothing goes with them that nobody has accepted. */
abstract class DeleteEffectsContract {

    static final TimeRange MONDAY = day("2024-01-01");
    private static final TimeRange ALL =
            new TimeRange(MONDAY.from(), day("2024-02-01").to());
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    static final String CASCADE = "Take the action from such a key, or name it in JdbcSourceBuilder.acceptedCascades(…)"
            + " if its table may lose that";
    static final String REFERENCE = "Drop a key that stands in the way, or name it in"
            + " JdbcSourceBuilder.acceptedReferences(…) if the rows that point at old ones are always gone first";
    static final String TRIGGER = "Drop or disable such a trigger or rule, or name it in"
            + " JdbcSourceBuilder.acceptedTriggers(…) if it may run for rows that are archived";

    final String number =
            getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT) + "_" + NUMBERS.incrementAndGet();
    final String journalName = "journal_" + number;
    final String items = "items_" + number;
    final String key = "of_event_" + number;
    final String table = database().createTable(EVENTS, rowsOfMonday());
    private long openBefore;

    abstract TestDatabase database();

    /** The schema of the tables, as messages show it. */
    abstract String schema();

    /** A trigger that does nothing. */
    abstract void createTrigger(String name, String timing, String of);

    /** The SQL state of a row that a key keeps. */
    abstract String keptState(String action);

    private static List<Row> rowsOfMonday() {
        return List.of(
                event("2024-01-01T00:00:00Z", 1, "a"),
                event("2024-01-01T12:00:00Z", 2, "b"),
                event("2024-01-01T23:59:59.999999Z", 3, null));
    }

    JdbcSourceBuilder source() {
        return JdbcSource.builder(database().jdbi(), EVENTS).table(table).journal(journalName);
    }

    static JdbcJournal journal(HotStore store) {
        return (JdbcJournal) store.journal().orElseThrow();
    }

    final String quoted(String name) {
        return database().quote(name);
    }

    static String unseen(JdbcSource store) {
        return store.name()
                + " can't be archived or erased: it isn't a table, nor a view that shows columns of one table, without"
                + " a sub-select, and that this user's deletes and looks go through. What else deleting from it would"
                + " take along can't be told; name the table itself with table(…)";
    }

    /** A view that nothing is archived through, and that is read. */
    final void assertOnlyReadThrough(String definition) {
        String view = "other_view_" + number;
        database().execute("CREATE VIEW " + view + " AS " + definition);
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(view)
                .journal(journalName)
                .build();
        assertThatThrownBy(() -> prepared(store))
                .as(definition)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(unseen(store));
        assertThat(JdbcJournalContract.ids(store)).as(definition).contains(1L);
        prepared(source().build());
        assertThatThrownBy(() -> Eraser.of(store).erase(List.of(event("2024-01-01T12:00:00Z", 2, "b"))))
                .as(definition)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(unseen(store));
        assertThat(ids()).as(definition).containsExactly(1L, 2L, 3L);
        database().execute("DROP VIEW " + view);
    }

    final void createItems() {
        String time = database().typeOf(EVENTS.timeColumn(), true);
        database()
                .execute("CREATE TABLE " + quoted(items) + " (" + quoted("item") + " bigint PRIMARY KEY, "
                        + quoted("oat") + " " + time + ", " + quoted("oid") + " bigint)");
    }

    final void addKey(String of, String name, String to, String action) {
        database()
                .execute("ALTER TABLE " + quoted(of) + " ADD CONSTRAINT " + quoted(name) + " FOREIGN KEY ("
                        + quoted("oat")
                        + ", " + quoted("oid") + ") REFERENCES " + quoted(to) + " (" + quoted("at") + ", "
                        + quoted("id")
                        + ")" + action);
    }

    /** Six items of each row. */
    final void insertItems(long firstItem) {
        database()
                .execute("INSERT INTO " + quoted(items) + " SELECT " + firstItem + " + n.n * 100 + " + quoted("id")
                        + ", "
                        + quoted("at") + ", " + quoted("id") + " FROM " + quoted(table)
                        + ", (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5"
                        + " UNION ALL SELECT 6) n");
    }

    final long count(String sql) {
        try (Connection connection = database().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage() + " in " + sql, e);
        }
    }

    /** Items that still point at their row. */
    final long itemsLeft() {
        return count(quoted(items) + " WHERE " + quoted("oid") + " IS NOT NULL");
    }

    final List<Long> ids() {
        try (JdbcSource store = source().build()) {
            return rows(store.open(Scan.of(EVENTS, ALL), ScanControl.unlimited())).stream()
                    .map(row -> row.int64("id"))
                    .toList();
        }
    }

    static String would(String action) {
        return switch (action) {
            case "CASCADE" -> "would delete its rows that point at them (ON DELETE CASCADE)";
            case "SET NULL" -> "would set its columns to NULL in rows that point at them (ON DELETE SET NULL)";
            case "SET DEFAULT" ->
                "would set its columns to their defaults in rows that point at them (ON DELETE SET DEFAULT)";
            default -> "keeps them as long as its rows point at them (ON DELETE " + action + ")";
        };
    }

    final String keyOf(String name, String of, String action) {
        return "foreign key '" + name + "' of " + schema() + "." + of + " " + would(action);
    }

    final String triggerOf(String name, String timing, String of) {
        return "trigger '" + name + "' of " + schema() + "." + of + " would run (" + timing + ")";
    }

    final void assertRefused(HotStore store, ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": no row is archived or erased: " + message);
    }

    @BeforeEach
    void remember_open_connections() {
        openBefore = database().dataSource().open();
    }

    @AfterEach
    void no_connection_is_kept() {
        assertThat(database().dataSource().open()).isEqualTo(openBefore);
    }

    private void assertRefusedAtTheStart(String action, String remedy) {
        createItems();
        addKey(items, key, table, " ON DELETE " + action);
        insertItems(0);
        JdbcSource store = source().build();
        assertRefused(store, () -> prepared(store), keyOf(key, items, action) + ". " + remedy);
        assertThat(itemsLeft()).isEqualTo(18);
        assertThatThrownBy(() -> journal(store).state())
                .as("no table of a journal was made")
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("the tables of the journal '" + journalName + "' aren't there");
    }

    @Test
    void a_key_that_deletes_other_rows_is_refused_before_anything_is_written() {
        assertRefusedAtTheStart("CASCADE", CASCADE);
    }

    @Test
    void a_key_that_empties_other_rows_is_refused_before_anything_is_written() {
        assertRefusedAtTheStart("SET NULL", CASCADE);
    }

    @Test
    void a_key_that_stands_in_the_way_is_refused_before_anything_is_written() {
        assertRefusedAtTheStart("RESTRICT", REFERENCE);
    }

    @Test
    void a_trigger_is_refused_before_anything_is_written() {
        createTrigger("audit_" + number, "AFTER", table);
        JdbcSource store = source().build();
        assertRefused(
                store, () -> prepared(store), triggerOf("audit_" + number, "AFTER DELETE", table) + ". " + TRIGGER);
    }

    @Test
    void all_that_would_happen_is_named_at_once() {
        createItems();
        addKey(items, "a_" + key, table, " ON DELETE CASCADE");
        addKey(items, "b_" + key, table, " ON DELETE RESTRICT");
        createTrigger("audit_" + number, "BEFORE", table);
        JdbcSource store = source().build();
        assertRefused(
                store,
                () -> prepared(store),
                triggerOf("audit_" + number, "BEFORE DELETE", table) + "; " + keyOf("a_" + key, items, "CASCADE") + "; "
                        + keyOf("b_" + key, items, "RESTRICT") + ". " + CASCADE + ". " + REFERENCE + ". " + TRIGGER);
    }

    @Test
    void what_is_accepted_by_name_happens() {
        createItems();
        addKey(items, key, table, " ON DELETE CASCADE");
        insertItems(0);
        createTrigger("audit_" + number, "AFTER", table);
        JdbcSource store = source().acceptedCascades(key, "not there")
                .acceptedTriggers("audit_" + number, "not there")
                .acceptedReferences("not there")
                .build();
        prepared(store);
        archive(store, MONDAY);
        assertThat(ids()).isEmpty();
        assertThat(itemsLeft()).isZero();
    }

    @Test
    void what_follows_from_an_accepted_key_has_to_be_accepted_too() {
        createItems();
        addKey(items, key, table, " ON DELETE CASCADE");
        database()
                .execute("CREATE TABLE " + quoted("notes_" + number) + " (" + quoted("item") + " bigint, CONSTRAINT "
                        + quoted("of_item_" + number) + " FOREIGN KEY (" + quoted("item") + ") REFERENCES "
                        + quoted(items)
                        + " (" + quoted("item") + ") ON DELETE SET NULL)");
        JdbcSource store = source().acceptedCascades(key).build();
        assertRefused(
                store,
                () -> prepared(store),
                keyOf("of_item_" + number, "notes_" + number, "SET NULL") + ". " + CASCADE);
        prepared(source().acceptedCascades(key, "of_item_" + number).build());
    }

    /** A table with an item's columns, whose key points at those columns of another that an item's key has. */
    final void createFollower(String name, String constraint, String of, String action) {
        String time = database().typeOf(EVENTS.timeColumn(), true);
        database()
                .execute("ALTER TABLE " + quoted(of) + " ADD CONSTRAINT " + quoted("unique_" + name) + " UNIQUE ("
                        + quoted("oat") + ", " + quoted("oid") + ")");
        database()
                .execute("CREATE TABLE " + quoted(name) + " (" + quoted("oat") + " " + time + ", " + quoted("oid")
                        + " bigint, CONSTRAINT " + quoted(constraint) + " FOREIGN KEY (" + quoted("oat") + ", "
                        + quoted("oid") + ") REFERENCES " + quoted(of) + " (" + quoted("oat") + ", " + quoted("oid")
                        + ") " + action + ")");
    }

    private void copyRows(String from, String id, String time, String to) {
        database()
                .execute("INSERT INTO " + quoted(to) + " (" + quoted("oat") + ", " + quoted("oid") + ") SELECT "
                        + quoted(time) + ", " + quoted(id) + " FROM " + quoted(from));
    }

    final String follows(String name, String of, String to, String action) {
        String rows = " rows that point at changed rows of " + schema() + "." + to;
        String does = switch (action) {
            case "CASCADE" -> "would change its columns in" + rows;
            case "SET NULL" -> "would set its columns to NULL in" + rows;
            case "SET DEFAULT" -> "would set its columns to their defaults in" + rows;
            default -> "keeps rows of " + schema() + "." + to + " from changing as long as its rows point at them";
        };
        return "foreign key '" + name + "' of " + schema() + "." + of + " " + does + " (ON UPDATE " + action + ")";
    }

    private void createItemOfEachRow(String action) {
        createItems();
        addKey(items, key, table, " ON DELETE " + action);
        database()
                .execute("INSERT INTO " + quoted(items) + " SELECT " + quoted("id") + ", " + quoted("at") + ", "
                        + quoted("id") + " FROM " + quoted(table));
    }

    /** Two tables, one behind the other, follow what an accepted key sets to NULL. */
    private void assertFollowed(String action) {
        createItemOfEachRow("SET NULL");
        String notes = "notes_" + number;
        String labels = "labels_" + number;
        createFollower(notes, "of_item_" + number, items, "ON DELETE RESTRICT ON UPDATE " + action);
        createFollower(labels, "of_note_" + number, notes, "ON DELETE CASCADE ON UPDATE CASCADE");
        copyRows(items, "oid", "oat", notes);
        copyRows(notes, "oid", "oat", labels);
        database()
                .execute("CREATE TABLE " + quoted("other_" + number) + " (" + quoted("item") + " bigint, FOREIGN KEY ("
                        + quoted("item") + ") REFERENCES " + quoted(items) + " (" + quoted("item")
                        + ") ON UPDATE CASCADE)");
        String first = follows("of_item_" + number, notes, items, action);
        String second = follows("of_note_" + number, labels, notes, "CASCADE");

        JdbcSource store = source().acceptedCascades(key).build();
        assertRefused(store, () -> prepared(store), first + "; " + second + ". " + CASCADE);
        JdbcSource half = source().acceptedCascades(key, "of_item_" + number).build();
        assertRefused(half, () -> prepared(half), second + ". " + CASCADE);
        JdbcSource accepting = source().acceptedCascades(key, "of_item_" + number, "of_note_" + number)
                .build();
        prepared(accepting);
        archive(accepting, MONDAY);
        for (String table : List.of(items, notes, labels)) {
            assertThat(count(quoted(table))).isEqualTo(3);
            assertThat(count(quoted(table) + " WHERE " + quoted("oid") + " IS NOT NULL"))
                    .isZero();
        }
    }

    @Test
    void keys_that_change_with_the_columns_of_an_accepted_one_have_to_be_accepted_too() {
        assertFollowed("CASCADE");
    }

    @Test
    void keys_that_empty_columns_where_those_of_an_accepted_one_change_have_to_be_accepted_too() {
        assertFollowed("SET NULL");
    }

    @Test
    void a_key_that_keeps_an_accepted_one_from_changing_rows_stands_in_the_way() {
        createItemOfEachRow("SET NULL");
        String notes = "notes_" + number;
        createFollower(notes, "of_item_" + number, items, "ON UPDATE RESTRICT");
        copyRows(items, "oid", "oat", notes);
        String keeps = follows("of_item_" + number, notes, items, "RESTRICT");
        JdbcSource store = source().acceptedCascades(key, "of_item_" + number).build();
        assertRefused(store, () -> prepared(store), keeps + ". " + REFERENCE);
        JdbcSource accepting = source().acceptedCascades(key)
                .acceptedReferences("of_item_" + number)
                .build();
        prepared(accepting);
        assertThatThrownBy(() -> Eraser.of(accepting).erase(List.of(event("2024-01-01T12:00:00Z", 2, "b"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": erasing 1 keys was refused by the database (SQL state "
                        + keptState("RESTRICT")
                        + "), since rows of other tables point at rows that are to be deleted or changed: " + keeps
                        + ". Delete or archive those rows first, and keep these at least as long; nothing was changed");
        database().execute("DELETE FROM " + quoted(notes));
        archive(accepting, MONDAY);
        assertThat(itemsLeft()).isZero();
    }

    static String ambiguous(String option, String name, String... whole) {
        return "JdbcSourceBuilder." + option + "(…) has '" + name + "', by which " + String.join(", ", whole)
                + " could be meant: give the whole name of what is accepted";
    }

    /** Two schemas have tables and keys of the same names, and the first one has another table with such a key. */
    @Test
    void an_accepted_name_stands_for_one_key_alone() {
        String other = "zz_" + number;
        String notes = "notes_" + number;
        createItems();
        addKey(items, key, table, " ON DELETE CASCADE");
        database().execute("CREATE SCHEMA " + quoted(other));
        for (String qualified : List.of(quoted(other) + "." + quoted(items), quoted(other) + "." + quoted(notes))) {
            String constraint = qualified.endsWith(quoted(notes)) ? "other_" + key : key;
            database()
                    .execute("CREATE TABLE " + qualified + " (" + quoted("oat") + " "
                            + database().typeOf(EVENTS.timeColumn(), true) + ", " + quoted("oid")
                            + " bigint, CONSTRAINT " + quoted(constraint) + " FOREIGN KEY (" + quoted("oat") + ", "
                            + quoted("oid") + ") REFERENCES " + quoted(schema()) + "." + quoted(table) + " ("
                            + quoted("at") + ", " + quoted("id") + ") ON DELETE CASCADE)");
        }
        String first = keyOf(key, items, "CASCADE");
        String second = "foreign key '" + key + "' of " + other + "." + items + " " + would("CASCADE");
        String third = "foreign key 'other_" + key + "' of " + other + "." + notes + " " + would("CASCADE");
        String firstName = schema() + "." + items + "." + key;
        String secondName = other + "." + items + "." + key;

        JdbcSource bare = source().acceptedCascades(key).build();
        assertRefused(
                bare,
                () -> prepared(bare),
                first + "; " + second + "; " + third + ". " + CASCADE + ". "
                        + ambiguous("acceptedCascades", key, firstName, secondName));
        JdbcSource ofTable =
                source().acceptedCascades(items + "." + key, "other_" + key).build();
        assertRefused(
                ofTable,
                () -> prepared(ofTable),
                first + "; " + second + ". " + CASCADE + ". "
                        + ambiguous("acceptedCascades", items + "." + key, firstName, secondName));
        JdbcSource whole = source().acceptedCascades(firstName, notes + ".other_" + key, key)
                .build();
        assertRefused(
                whole,
                () -> prepared(whole),
                second + ". " + CASCADE + ". " + ambiguous("acceptedCascades", key, firstName, secondName));
        prepared(
                source().acceptedCascades(firstName, secondName, "other_" + key).build());
        database().execute("DROP TABLE " + quoted(other) + "." + quoted(items));
        prepared(source().acceptedCascades(key, "other_" + key).build());
        database().execute("DROP TABLE " + quoted(other) + "." + quoted(notes));
        database().execute("DROP SCHEMA " + quoted(other));
    }

    @Test
    void a_key_of_the_table_to_itself_counts() {
        database()
                .execute("ALTER TABLE " + quoted(table) + " ADD " + quoted("oat") + " "
                        + database().typeOf(EVENTS.timeColumn(), true));
        database().execute("ALTER TABLE " + quoted(table) + " ADD " + quoted("oid") + " bigint");
        addKey(table, key, table, " ON DELETE CASCADE");
        JdbcSource store = source().excludedColumns("oat", "oid").build();
        assertRefused(store, () -> prepared(store), keyOf(key, table, "CASCADE") + ". " + CASCADE);
    }

    /** A key that comes between the start of a run and one of its transactions rolls that back. */
    private void assertRolledBack(HotStore store, ThrowingCallable transaction) {
        createItems();
        addKey(items, key, table, " ON DELETE CASCADE");
        insertItems(0);
        long before = itemsLeft();
        List<Long> idsBefore = ids();
        assertRefused(store, transaction, keyOf(key, items, "CASCADE") + ". " + CASCADE);
        assertThat(itemsLeft()).isEqualTo(before).isGreaterThan(0);
        assertThat(ids()).isEqualTo(idsBefore);
    }

    @Test
    void a_key_that_comes_before_the_commit_rolls_it_back() {
        JdbcSource store = source().build();
        prepared(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            assertRolledBack(store, () -> attempt.commit(copied, Long.MAX_VALUE));
        }
        assertThat(journal(store).state().watermark()).isNull();
    }

    @Test
    void a_trigger_that_comes_before_the_commit_rolls_it_back() {
        JdbcSource store = source().build();
        prepared(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            createTrigger("audit_" + number, "AFTER", table);
            assertRefused(
                    store,
                    () -> attempt.commit(copied, Long.MAX_VALUE),
                    triggerOf("audit_" + number, "AFTER DELETE", table) + ". " + TRIGGER);
        }
        assertThat(ids()).containsExactly(1L, 2L, 3L);
        assertThat(journal(store).state().watermark()).isNull();
    }

    @Test
    void a_key_that_comes_before_a_commit_that_only_moves_the_watermark_rolls_it_back() {
        JdbcSource store = source().build();
        prepared(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            assertRolledBack(store, () -> attempt.commit(copied, 1));
        }
        assertThat(journal(store).state().watermark()).isNull();
    }

    @Test
    void a_key_that_comes_before_rows_are_deleted_in_parts_rolls_that_back() {
        JdbcSource store = source().build();
        prepared(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(attempt.commit(copy(store, attempt), 1)).isEqualTo(Outcome.COMMITTED);
        }
        List<PendingDelete> parts = journal(store).undeleted();
        assertRolledBack(store, () -> journal(store).delete(parts.get(0)));
        assertThat(journal(store).undeleted()).as("it is still to be done").isEqualTo(parts);
    }

    private SweepCommit late(JdbcSource store) {
        prepared(store);
        archive(store, MONDAY);
        List<Row> late = List.of(event("2024-01-01T12:00:00Z", 7, "a"), event("2024-01-01T13:00:00Z", 8, "a"));
        database().insert(table, EVENTS, late);
        return new SweepCommit(MONDAY, journal(store).state().epoch(), late);
    }

    @Test
    void a_key_that_comes_before_the_commit_of_a_sweep_rolls_it_back() {
        JdbcSource store = source().build();
        SweepCommit seen = late(store);
        try (SweepAttempt attempt =
                journal(store).beginSweep(MONDAY, "contract", LONG_LEASE).orElseThrow()) {
            RowDigest written = copy(store, attempt);
            assertRolledBack(store, () -> attempt.commit(written, seen));
        }
    }

    @Test
    void a_key_that_comes_before_unchanged_late_rows_are_deleted_rolls_that_back() {
        JdbcSource store = source().build();
        SweepCommit seen = late(store);
        try (SweepAttempt attempt =
                journal(store).beginSweep(MONDAY, "contract", LONG_LEASE).orElseThrow()) {
            assertRolledBack(store, () -> attempt.deleteUnchanged(seen));
        }
    }

    @Test
    void erasing_takes_no_more_along_than_archiving() {
        JdbcSource store = source().build();
        prepared(store);
        assertRolledBack(store, () -> Eraser.of(store).erase(List.of(event("2024-01-01T12:00:00Z", 2, "b"))));
        JdbcSource accepting = source().acceptedCascades(key).build();
        assertThat(Eraser.of(accepting)
                        .erase(List.of(event("2024-01-01T12:00:00Z", 2, "b")))
                        .hotRows())
                .isEqualTo(1);
        assertThat(itemsLeft()).isEqualTo(12);
    }

    @Test
    void rows_that_others_still_point_at_are_one_clear_refusal_where_their_key_was_accepted() {
        for (String action : List.of("RESTRICT", "NO ACTION")) {
            String of = action.equals("RESTRICT") ? "RESTRICT" : noAction();
            if (action.equals("RESTRICT")) {
                createItems();
                insertItems(0);
            } else {
                database().execute("ALTER TABLE " + quoted(items) + " DROP CONSTRAINT " + quoted(key));
            }
            addKey(items, key, table, " ON DELETE " + action);
            JdbcSource store = source().acceptedReferences(key).build();
            prepared(store);
            try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
                RowDigest copied = copy(store, attempt);
                assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessage(store.name() + ": committing table 'events', window " + MONDAY + ", version "
                                + attempt.version() + " was refused by the database (SQL state " + keptState(action)
                                + "), since rows of other tables point at rows that are to be deleted or changed: "
                                + keyOf(key, items, of)
                                + ". Delete or archive those rows first, and keep these at least as long; nothing was"
                                + " changed");
            }
            assertThat(ids()).containsExactly(1L, 2L, 3L);
        }
        database().execute("DELETE FROM " + quoted(items));
        archive(source().acceptedReferences(key).build(), MONDAY);
        assertThat(ids()).isEmpty();
    }

    @Test
    void an_erasure_is_refused_before_the_database_is_asked_to_delete() {
        prepared(source().build());
        createItems();
        addKey(items, key, table, " ON DELETE RESTRICT");
        insertItems(0);
        JdbcSource store = source().build();
        assertRefused(
                store,
                () -> Eraser.of(store).erase(List.of(event("2024-01-01T12:00:00Z", 2, "b"))),
                keyOf(key, items, "RESTRICT") + ". " + REFERENCE);
    }

    @Test
    void a_key_in_the_way_is_named_without_one_whose_name_is_its_beginning() {
        createItems();
        insertItems(0);
        database()
                .execute("CREATE TABLE " + quoted("empty_" + number) + " (" + quoted("oat") + " "
                        + database().typeOf(EVENTS.timeColumn(), true) + ", " + quoted("oid") + " bigint)");
        addKey("empty_" + number, key, table, " ON DELETE RESTRICT");
        addKey(items, key + "b", table, " ON DELETE RESTRICT");
        JdbcSource store = source().acceptedReferences(key, key + "b").build();
        prepared(store);
        assertThatThrownBy(() -> Eraser.of(store).erase(List.of(event("2024-01-01T12:00:00Z", 2, "b"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": erasing 1 keys was refused by the database (SQL state "
                        + keptState("RESTRICT")
                        + "), since rows of other tables point at rows that are to be deleted or changed: "
                        + keyOf(key + "b", items, "RESTRICT")
                        + ". Delete or archive those rows first, and keep these at least as long; nothing was changed");
    }

    /** How messages show a key with NO ACTION. */
    String noAction() {
        return "NO ACTION";
    }
}
