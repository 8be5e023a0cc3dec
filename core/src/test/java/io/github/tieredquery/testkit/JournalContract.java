package io.github.tieredquery.testkit;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.events;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.AdoptionAttempt;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every journal has to give: one archiver at a time, versions that are given out once, and a commit that does all
 * or nothing. Extend it and say where stores come from.
 */
@Timeout(120)
public abstract class JournalContract {

    static final TimeRange MONDAY = day("2024-01-01");
    static final TimeRange TUESDAY = day("2024-01-02");
    static final TimeRange ALL = new TimeRange(MONDAY.from(), day("2024-02-01").to());
    /** {@link ArchiveSteps#EVENTS} with columns appended. */
    static final Table WIDER = Table.builder("events")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("tenant", ColumnType.STRING)
            .column("note", ColumnType.STRING)
            .column("gate", ColumnType.STRING)
            .column("delay", ColumnType.INT32)
            .build();

    static final AtomicInteger JOURNALS = new AtomicInteger();

    /** A journal of its own for each test. */
    final String journalName = "journal_" + JOURNALS.incrementAndGet();

    /**
     * Where stores come from.
     *
     * @return the same for all tests
     */
    protected abstract HotStores stores();

    HotStore store() {
        HotStore store = stores().create(
                        journalName,
                        EVENTS,
                        List.of(
                                event("2024-01-01T00:00:00Z", 1, "a"),
                                event("2024-01-01T12:00:00.000001Z", 2, null),
                                event("2024-01-01T23:59:59.999999Z", 3, "b"),
                                event("2024-01-02T00:00:00Z", 4, "a")));
        prepared(store);
        return store;
    }

    static List<Long> ids(HotStore store) {
        return rows(store.open(Scan.of(store.table(), ALL), ScanControl.unlimited())).stream()
                .map(row -> row.int64("id"))
                .toList();
    }

    static JournalState state(HotStore store) {
        return store.journal().orElseThrow().state();
    }

    @Test
    void a_new_archive_has_no_watermark_and_shows_no_version() {
        HotStore store = store();
        assertThat(state(store).watermark()).isNull();
        assertThat(state(store).epoch()).isZero();
        assertThat(state(store).versions().ceiling()).isZero();
        assertThat(state(store).versions().excluded()).isEmpty();
        assertThat(state(store).identity())
                .isEqualTo("events(at TIMESTAMP NOT NULL, id INT64 NOT NULL, tenant STRING, note STRING; key at, id)"
                        + " partitioned year, month, day, tenant, tq_version in Z");
    }

    @Test
    void an_archive_with_another_place_or_zone_is_refused_once_a_version_was_given_out() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        ArchiveIdentity here =
                ArchiveIdentity.of(EVENTS, LAYOUT).withPlace("s3://a/").withLocalTimes("Z");
        ArchiveIdentity elsewhere = here.withPlace("s3://b/").withLocalTimes("Europe/Berlin LATER");
        journal.prepare(elsewhere);
        journal.check(here);
        assertThat(state(store).identity()).as("a check changes nothing").isEqualTo(elsewhere.text());
        assertThat(journal.prepare(here)).isEqualTo(here);
        archive(store, MONDAY);
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(() -> journal.check(elsewhere), () -> journal.prepare(elsewhere))) {
            assertThatThrownBy(call)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("the archive was written with\n  " + here + "\nbut this process is configured with\n  "
                            + elsewhere + "\nThat is: the zone of the hot table's local times is Z in the archive, and"
                            + " Europe/Berlin LATER here; the place is s3://a/ in the archive, and s3://b/ here."
                            + " Configure it as the archive was written, or use another journal");
        }
        assertThat(state(store).identity()).isEqualTo(here.text());
    }

    @Test
    void a_commit_moves_the_watermark_deletes_the_rows_shows_the_version_and_raises_the_epoch() {
        HotStore store = store();
        long version = archive(store, MONDAY);
        assertThat(ids(store)).containsExactly(4L);
        assertThat(state(store).watermark()).isEqualTo(MONDAY.to());
        assertThat(state(store).epoch()).isEqualTo(1);
        assertThat(state(store).versions().shows(version)).isTrue();
        archive(store, TUESDAY);
        assertThat(ids(store)).isEmpty();
        assertThat(state(store).watermark()).isEqualTo(TUESDAY.to());
        assertThat(state(store).epoch()).isEqualTo(2);
    }

    @Test
    void a_window_without_rows_moves_the_watermark_too() {
        HotStore store = store();
        archive(store, MONDAY);
        archive(store, TUESDAY);
        archive(store, day("2024-01-03"));
        assertThat(state(store).watermark()).isEqualTo(Instant.parse("2024-01-04T00:00:00Z"));
    }

    @Test
    void an_attempt_is_excluded_until_it_commits() {
        HotStore store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(attempt.window()).isEqualTo(MONDAY);
            assertThat(state(store).versions().ceiling()).isEqualTo(attempt.version());
            assertThat(state(store).versions().shows(attempt.version())).isFalse();
            RowDigest copied = copy(store, attempt);
            assertThat(state(store).versions().shows(attempt.version())).isFalse();
            assertThat(state(store).epoch()).isZero();
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
            assertThat(state(store).versions().shows(attempt.version())).isTrue();
        }
    }

    @Test
    void a_version_that_was_not_committed_stays_excluded() {
        HotStore store = store();
        WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE);
        copy(store, attempt);
        attempt.close();
        attempt.close();
        long version = archive(store, MONDAY);
        assertThat(version).isGreaterThan(attempt.version());
        assertThat(state(store).versions().excluded()).containsExactly(attempt.version());
    }

    @Test
    void a_row_that_came_changed_or_went_since_the_copy_stops_the_commit() {
        Row late = event("2024-01-01T12:00:00Z", 9, "a");
        Row other = ContractRows.row(EVENTS.rowType(), MONDAY.from(), 1L, "a", "changed");
        TimeRange first = new TimeRange(MONDAY.from(), MONDAY.from().plusNanos(1_000));
        assertRowsChanged(store -> stores().insert(store, List.of(late)), 1, 9, 2, 3, 4);
        assertRowsChanged(store -> stores().delete(store, first), 2, 3, 4);
        assertRowsChanged(
                store -> {
                    stores().delete(store, first);
                    stores().insert(store, List.of(other));
                },
                1,
                2,
                3,
                4);
    }

    private void assertRowsChanged(java.util.function.Consumer<HotStore> change, long... left) {
        HotStore store = stores().create(journalName, events("events " + JOURNALS.incrementAndGet()), rowsOfMonday());
        prepared(store);
        stores().insert(store, List.of(event("2024-01-02T00:00:00Z", 4, "a")));
        WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE);
        RowDigest copied = copy(store, attempt);
        change.accept(store);
        assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.ROWS_CHANGED);
        assertThat(ids(store))
                .containsExactlyElementsOf(Arrays.stream(left).boxed().toList());
        assertThat(state(store).watermark()).isNull();
        assertThat(state(store).epoch()).isZero();
        assertThat(state(store).versions().shows(attempt.version())).isFalse();
        attempt.close();
        archive(store, MONDAY);
        assertThat(ids(store)).containsExactly(4L);
    }

    static List<Row> rowsOfMonday() {
        return List.of(
                event("2024-01-01T00:00:00Z", 1, "a"),
                event("2024-01-01T12:00:00.000001Z", 2, null),
                event("2024-01-01T23:59:59.999999Z", 3, "b"));
    }

    @Test
    void only_one_archiver_holds_the_lease() {
        HotStore store = store();
        ArchiveJournal other = stores().another(store, EVENTS).journal().orElseThrow();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(other.beginWindow(MONDAY, "other", LONG_LEASE)).isEmpty();
            assertThat(attempt.renew(LONG_LEASE)).isTrue();
        }
        assertThat(other.beginWindow(MONDAY, "other", LONG_LEASE)).isPresent();
    }

    @Test
    void an_expired_lease_is_taken_over_and_the_first_archiver_changes_nothing() {
        HotStore store = store();
        HotStore other = stores().another(store, EVENTS);
        WindowAttempt slow = begin(store, MONDAY, Duration.ZERO);
        RowDigest copied = copy(store, slow);
        WindowAttempt quick = begin(other, MONDAY, LONG_LEASE);
        assertThat(slow.renew(LONG_LEASE)).isFalse();
        assertThat(slow.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.LEASE_LOST);
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
        slow.close();
        assertThat(other.journal().orElseThrow().beginWindow(MONDAY, "third", LONG_LEASE))
                .as("the first one's close doesn't give the second one's lease back")
                .isEmpty();
        assertThat(quick.commit(copy(other, quick), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        assertThat(state(store).versions().excluded()).containsExactly(slow.version());
        assertThat(slow.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.LEASE_LOST);
        quick.close();
        assertThat(slow.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.LEASE_LOST);
    }

    @Test
    void a_lease_that_expired_and_that_nobody_took_is_still_held() {
        HotStore store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, Duration.ZERO)) {
            assertThat(attempt.renew(LONG_LEASE)).isTrue();
            assertThat(store.journal().orElseThrow().beginWindow(MONDAY, "other", LONG_LEASE))
                    .isEmpty();
            assertThat(attempt.commit(copy(store, attempt), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
    }

    @Test
    void an_attempt_commits_once() {
        HotStore store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.LEASE_LOST);
        }
        assertThat(state(store).epoch()).isEqualTo(1);
    }

    @Test
    void versions_are_given_out_once_to_archivers_that_race() throws Exception {
        HotStore store = store();
        int archivers = 4;
        int each = 10;
        ExecutorService threads = Executors.newFixedThreadPool(archivers);
        try {
            List<Callable<List<Long>>> races = new ArrayList<>();
            for (int i = 0; i < archivers; i++) {
                HotStore own = stores().another(store, EVENTS);
                races.add(() -> {
                    List<Long> versions = new ArrayList<>();
                    while (versions.size() < each) {
                        versions.add(begin(own, MONDAY, Duration.ZERO).version());
                    }
                    return versions;
                });
            }
            List<Long> versions = new ArrayList<>();
            for (Future<List<Long>> race : threads.invokeAll(races)) {
                versions.addAll(race.get());
            }
            assertThat(versions).doesNotHaveDuplicates().hasSize(archivers * each);
            assertThat(state(store).versions().excluded()).containsExactlyInAnyOrderElementsOf(versions);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void one_of_several_archivers_that_race_gets_the_lease() throws Exception {
        HotStore store = store();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> races = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ArchiveJournal own = stores().another(store, EVENTS).journal().orElseThrow();
                races.add(() -> own.beginWindow(MONDAY, "racer", LONG_LEASE).isPresent());
            }
            int winners = 0;
            for (Future<Boolean> race : threads.invokeAll(races)) {
                winners += race.get() ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_window_starts_at_the_watermark() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        archive(store, MONDAY);
        for (TimeRange wrong : List.of(MONDAY, day("2024-01-03"))) {
            assertThatThrownBy(() -> journal.beginWindow(wrong, "contract", LONG_LEASE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("table 'events': the window " + wrong
                            + " doesn't start at the watermark 2024-01-02T00:00:00Z; archive from the watermark on");
        }
        TimeRange empty = new TimeRange(MONDAY.to(), MONDAY.to());
        assertThatThrownBy(() -> journal.beginWindow(empty, "contract", LONG_LEASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'events': the window " + empty + " is empty");
        assertThatThrownBy(() -> journal.beginWindow(TUESDAY, "contract", Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the lease is PT-1S; it is zero or more");
        assertThat(state(store).versions().ceiling())
                .as("no version was used up")
                .isEqualTo(1);
    }

    @Test
    void a_watermark_keeps_its_microseconds() {
        HotStore store = store();
        TimeRange odd = new TimeRange(MONDAY.from(), Instant.parse("2024-01-01T23:59:59.999999Z"));
        archive(store, odd);
        assertThat(state(store).watermark()).isEqualTo(odd.to());
        assertThat(ids(store)).containsExactly(3L, 4L);
        archive(store, new TimeRange(odd.to(), TUESDAY.to()));
        assertThat(ids(store)).isEmpty();
    }

    @Test
    void preparing_again_changes_nothing() {
        HotStore store = store();
        archive(store, MONDAY);
        JournalState before = state(store);
        prepared(store);
        prepared(stores().another(store, EVENTS));
        assertThat(state(store)).isEqualTo(before);
    }

    @Test
    void a_process_that_is_configured_otherwise_is_refused_with_both_set_ups() {
        HotStore store = store();
        ArchiveIdentity otherwise = ArchiveIdentity.of(EVENTS, HivePartitionLayout.monthly(ZoneOffset.UTC));
        assertThatThrownBy(() -> store.journal().orElseThrow().prepare(otherwise))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("the archive was written with\n"
                        + "  events(at TIMESTAMP NOT NULL, id INT64 NOT NULL, tenant STRING, note STRING; key at, id)"
                        + " partitioned year, month, day, tenant, tq_version in Z\n"
                        + "but this process is configured with\n"
                        + "  events(at TIMESTAMP NOT NULL, id INT64 NOT NULL, tenant STRING, note STRING; key at, id)"
                        + " partitioned year, month, tq_version in Z\n"
                        + "That is: the layout is year, month, day, tenant, tq_version in Z in the archive, and year,"
                        + " month, tq_version in Z here. Configure it as the archive was written, or use another"
                        + " journal");
    }

    @Test
    void appended_columns_make_a_schema_version_and_end_what_older_archivers_do() {
        HotStore older = store();
        archive(older, MONDAY);
        WindowAttempt underWay = begin(older, TUESDAY, LONG_LEASE);
        assertThat(underWay.schemaVersion()).isEqualTo(1);
        RowDigest copied = copy(older, underWay);
        stores().alter(older, WIDER);
        HotStore newer = stores().another(older, WIDER);
        assertThat(prepared(newer).prepare(ArchiveIdentity.of(WIDER, LAYOUT)).schemaVersion())
                .isEqualTo(2);
        assertThat(state(older).identity())
                .isEqualTo("events(at TIMESTAMP NOT NULL, id INT64 NOT NULL, tenant STRING, note STRING; key at, id;"
                        + " since 2 gate STRING, delay INT32) partitioned year, month, day, tenant, tq_version in Z");
        assertThat(underWay.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.LEASE_LOST);
        underWay.close();
        String refusal = "the archive of table 'events' has the columns [at TIMESTAMP NOT NULL, id INT64 NOT NULL,"
                + " tenant STRING, note STRING, gate STRING, delay INT32] by now, and this process is configured with"
                + " [at TIMESTAMP NOT NULL, id INT64 NOT NULL, tenant STRING, note STRING], so that it can't write to"
                + " it; another archiver has come with another table. Start this one again with the same";
        assertThatThrownBy(() -> begin(older, TUESDAY, LONG_LEASE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> older.journal().orElseThrow().beginSweep(MONDAY, "contract", LONG_LEASE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> prepared(older))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith(
                        "That is: the column gate STRING is in the archive, and not here; the column delay"
                                + " INT32 is in the archive, and not here. Configure it as the archive was written, or use"
                                + " another journal");
        archive(newer, TUESDAY);
        assertThat(manifests(newer))
                .extracting(PartitionManifest::schemaVersion)
                .containsExactlyInAnyOrder(1, 1, 1, 2);
        assertThat(manifests(older)).isEqualTo(manifests(newer));
        assertThat(ids(older)).isEmpty();
    }

    @Test
    void rows_are_archived_with_what_their_new_columns_hold() {
        HotStore older = store();
        archive(older, MONDAY);
        stores().alter(older, WIDER);
        HotStore newer = stores().another(older, WIDER);
        prepared(newer);
        Row row = ContractRows.row(WIDER.rowType(), Instant.parse("2024-01-02T05:00:00Z"), 7L, "a", "note", "B12", 45);
        stores().insert(newer, List.of(row));
        WindowAttempt attempt = begin(newer, TUESDAY, LONG_LEASE);
        RowDigest copied = copy(newer, attempt);
        stores().delete(newer, TUESDAY);
        stores().insert(
                        newer,
                        List.of(
                                ContractRows.row(
                                        WIDER.rowType(),
                                        Instant.parse("2024-01-02T00:00:00Z"),
                                        4L,
                                        "a",
                                        "note 4",
                                        null,
                                        null),
                                ContractRows.row(
                                        WIDER.rowType(),
                                        Instant.parse("2024-01-02T05:00:00Z"),
                                        7L,
                                        "a",
                                        "note",
                                        "B12",
                                        46)));
        assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.ROWS_CHANGED);
        attempt.close();
        archive(newer, TUESDAY);
        assertThat(ids(newer)).isEmpty();
    }

    @Test
    void files_of_others_are_taken_over_without_a_watermark_and_without_touching_rows() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        for (TimeRange window : List.of(MONDAY, TUESDAY)) {
            try (AdoptionAttempt attempt =
                    journal.beginAdoption(window, "contract", LONG_LEASE).orElseThrow()) {
                assertThat(journal.beginAdoption(window, "contract", LONG_LEASE))
                        .as("the lease is held")
                        .isEmpty();
                RowDigest adopted = copy(store, attempt);
                assertThat(state(store).versions().shows(attempt.version())).isFalse();
                assertThatThrownBy(() -> attempt.commit(RowDigest.EMPTY)).isInstanceOf(IllegalArgumentException.class);
                assertThat(attempt.commit(adopted)).isEqualTo(Outcome.COMMITTED);
                assertThat(state(store).versions().shows(attempt.version())).isTrue();
            }
            assertThat(state(store).watermark()).isNull();
            assertThatThrownBy(() -> begin(store, MONDAY, LONG_LEASE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "table 'events': an archive is being taken over and not all of it is yet; run Adoption.of(…)"
                                    + " until it is complete");
        }
        assertThat(state(store).epoch()).isEqualTo(2);
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
        journal.endAdoption(TUESDAY.to());
        assertThat(state(store).watermark()).isEqualTo(TUESDAY.to());
        assertThat(state(store).epoch()).isEqualTo(3);
        assertThat(manifests(store)).hasSize(4);
        JournalState ended = state(store);
        journal.endAdoption(MONDAY.to());
        assertThat(state(store)).as("once").isEqualTo(ended);
        assertThatThrownBy(() -> journal.beginAdoption(MONDAY, "contract", LONG_LEASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'events': the archive has the watermark 2024-01-03T00:00:00Z; files of others are"
                        + " taken over before anything is archived");
        archive(store, day("2024-01-03"));
        assertThat(state(store).watermark()).isEqualTo(Instant.parse("2024-01-04T00:00:00Z"));
    }

    @Test
    void an_adoption_whose_lease_was_taken_over_shows_nothing() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        AdoptionAttempt first =
                journal.beginAdoption(MONDAY, "contract", Duration.ZERO).orElseThrow();
        RowDigest adopted = copy(store, first);
        AdoptionAttempt second =
                journal.beginAdoption(MONDAY, "contract", LONG_LEASE).orElseThrow();
        assertThat(first.commit(adopted)).isEqualTo(Outcome.LEASE_LOST);
        assertThat(manifests(store)).isEmpty();
        assertThat(second.commit(copy(store, second))).isEqualTo(Outcome.COMMITTED);
        assertThat(manifests(store)).hasSize(3).allMatch(manifest -> manifest.version() == second.version());
        second.close();
    }

    private static List<PartitionManifest> manifests(HotStore store) {
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            return snapshot.manifests(ALL, LAYOUT);
        }
    }

    @Test
    void two_tables_in_one_journal_do_not_meet() {
        HotStore one = store();
        Table table = events("o'th\"er `events` ; -- :x <y> ?");
        HotStore two = stores().create(journalName, table, rowsOfMonday());
        prepared(two);
        WindowAttempt first = begin(one, MONDAY, LONG_LEASE);
        WindowAttempt second = begin(two, MONDAY, LONG_LEASE);
        assertThat(first.commit(copy(one, first), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        first.close();
        assertThat(ids(two)).containsExactly(1L, 2L, 3L);
        assertThat(state(two).watermark()).isNull();
        assertThat(state(two).epoch()).isZero();
        assertThat(second.renew(LONG_LEASE)).isTrue();
        try (HotSnapshot snapshot = two.snapshot(ScanControl.unlimited())) {
            assertThat(snapshot.manifests(ALL, LAYOUT)).isEmpty();
            assertThat(snapshot.archiveSize()).as("another table's").isEqualTo(new ArchiveSize(0, 0));
        }
        assertThat(second.commit(copy(two, second), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        assertThat(state(one).epoch()).isEqualTo(1);
        assertThat(ids(one)).containsExactly(4L);
    }

    @Test
    void manifests_come_back_as_they_were_recorded_once_their_version_is_visible() {
        HotStore store = store();
        List<PartitionManifest> recorded = new ArrayList<>();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = RowDigest.EMPTY;
            for (Row row : rowsOfMonday()) {
                PartitionManifest manifest = manifestOf(row, attempt.version());
                attempt.recordManifests(List.of(manifest));
                copied = copied.plus(manifest.digest());
                recorded.add(manifest);
            }
            assertThat(manifests(store, ALL)).isEmpty();
            assertThat(archiveSize(store)).isEqualTo(new ArchiveSize(0, 0));
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(archiveSize(store)).isEqualTo(new ArchiveSize(3, 60));
        assertThat(manifests(store, ALL)).containsExactlyInAnyOrderElementsOf(recorded);
        assertThat(recorded)
                .extracting(manifest -> manifest.partition().value("tenant"))
                .containsExactly("a", null, "b");
        assertThat(manifests(store, TUESDAY)).isEmpty();
        assertThat(manifests(store, new TimeRange(MONDAY.to().minusNanos(1_000), ALL.to())))
                .hasSize(3);
        assertThat(manifests(store, new TimeRange(MONDAY.from(), MONDAY.from())))
                .isEmpty();
    }

    private static PartitionManifest manifestOf(Row row, long version) {
        RowDigest.Builder digest = new RowDigest.Builder(EVENTS.rowType());
        digest.add(row);
        HivePartition partition = LAYOUT.checkedAgainst(EVENTS).partitionOf(row);
        Instant at = Objects.requireNonNull(row.timestamp("at"));
        List<StoredFile> files = List.of(
                new StoredFile("s3://lake/'a\\b\" \ud83d\ude00%2F/part-00001", 1, Long.MAX_VALUE),
                new StoredFile("s3://lake/part-00002", 0, 20));
        return new PartitionManifest(partition, version, files, 1, 20, at, at, digest.build(), 7);
    }

    private static ArchiveSize archiveSize(HotStore store) {
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            return snapshot.archiveSize();
        }
    }

    private static List<PartitionManifest> manifests(HotStore store, TimeRange range) {
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            return snapshot.manifests(range, LAYOUT);
        }
    }

    @Test
    void a_window_may_have_ten_thousand_partitions() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            rows.add(event("2024-01-01T12:00:00Z", i, "tenant/" + i));
        }
        HotStore store = stores().create(journalName, EVENTS, rows);
        prepared(store);
        archive(store, MONDAY);
        List<PartitionManifest> manifests = manifests(store, MONDAY);
        assertThat(manifests.stream()
                        .map(manifest -> manifest.partition().path())
                        .distinct())
                .hasSize(10_000);
        assertThat(manifests.stream().mapToLong(PartitionManifest::rows).sum()).isEqualTo(10_000);
        assertThat(ids(store)).isEmpty();
    }

    @Test
    void rows_of_every_type_are_compared_and_archived() {
        List<Row> rows = ContractRows.of(ContractRows.READINGS).stream()
                .filter(row -> stores().cannotHold().stream().noneMatch(awkward -> awkward.isIn(row)))
                .toList();
        TimeRange winter = new TimeRange(Instant.parse("2023-12-01T00:00:00Z"), Instant.parse("2024-04-01T00:00:00Z"));
        HotStore store = stores().create(journalName, ContractRows.READINGS, rows);
        prepared(store);
        try (WindowAttempt attempt = begin(store, winter, LONG_LEASE)) {
            RowDigest.Builder put = new RowDigest.Builder(ContractRows.READINGS.rowType());
            rows.forEach(put::add);
            assertThat(copy(store, attempt)).isEqualTo(put.build());
            assertThat(attempt.commit(put.build(), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(rows(store.open(Scan.of(store.table(), winter), ScanControl.unlimited())))
                .isEmpty();
    }

    @Tag(SourceContract.TIMES)
    @Test
    void days_on_which_clocks_change_are_read_in_order_and_archived() {
        List<Row> rows = new ArrayList<>(ContractRows.of(ContractRows.CLOCKS));
        rows.sort(ContractRows.CLOCKS.rowOrder(ContractRows.CLOCKS.rowType()));
        HotStore store = stores().create(journalName, ContractRows.CLOCKS, rows);
        prepared(store);
        TimeRange all = new TimeRange(Instant.parse("2011-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));
        Instant watermark = Instant.parse("2024-03-31T02:30:00Z");
        try (WindowAttempt attempt = begin(store, all.before(watermark), LONG_LEASE)) {
            RowDigest.Builder put = new RowDigest.Builder(ContractRows.CLOCKS.rowType());
            rows.stream()
                    .filter(row -> all.before(watermark).contains(timeOf(row)))
                    .forEach(put::add);
            assertThat(copy(store, attempt)).isEqualTo(put.build());
            assertThat(attempt.commit(put.build(), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
        List<Row> left = new ArrayList<>(
                rows.stream().filter(row -> !timeOf(row).isBefore(watermark)).toList());
        Scan scan = Scan.of(ContractRows.CLOCKS, all);
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            assertThat(rows(snapshot.open(scan))).isEqualTo(left);
            Collections.reverse(left);
            assertThat(rows(snapshot.open(scan.order(Order.NEWEST_FIRST)))).isEqualTo(left);
            for (Row row : left) {
                TimeRange own = new TimeRange(timeOf(row), timeOf(row).plusNanos(1_000));
                assertThat(snapshot.count(scan.range(own))).isEqualTo(1);
            }
        }
    }

    private static Instant timeOf(Row row) {
        return Objects.requireNonNull(row.timestamp("at"));
    }

    private static FinishedFile finishedFile(Row row, long version) {
        PartitionManifest manifest = manifestOf(row, version);
        List<StoredFile> one = List.of(new StoredFile("s3://lake/'\\" + row.value("id"), 1, 20));
        return new FinishedFile(
                manifest.movedTo(version, one),
                position(row.value("tenant"), Objects.requireNonNull(row.timestamp("at")), row.int64("id")));
    }

    private static Row position(@Nullable Object tenant, Instant at, @Nullable Object id) {
        return ContractRows.row(FinishedFile.positionType(EVENTS, LAYOUT.checkedAgainst(EVENTS)), tenant, at, id);
    }

    private static List<FinishedFile> copied(WindowAttempt attempt) {
        return attempt.copiedFiles(LAYOUT.checkedAgainst(EVENTS));
    }

    /** Finishes a file for each row. */
    private static List<FinishedFile> finish(WindowAttempt attempt, List<Row> rows) {
        List<FinishedFile> files = new ArrayList<>();
        for (Row row : rows) {
            FinishedFile file = finishedFile(row, attempt.version());
            assertThat(attempt.recordFile(file)).isTrue();
            files.add(file);
        }
        return files;
    }

    @Test
    void a_suspended_attempt_goes_on_under_its_version_with_its_files() {
        HotStore store = store();
        WindowAttempt first = begin(store, MONDAY, LONG_LEASE);
        assertThat(copied(first)).isEmpty();
        List<FinishedFile> files = finish(first, rowsOfMonday().subList(0, 2));
        RowDigest all = copy(store, first);
        first.suspend();
        first.suspend();
        first.close();
        assertThat(state(store).versions().shows(first.version())).isFalse();
        HotStore other = stores().another(store, EVENTS);
        WindowAttempt second = begin(other, MONDAY, LONG_LEASE);
        assertThat(second.version()).isEqualTo(first.version());
        assertThat(copied(second)).isEqualTo(files);
        assertThat(first.renew(LONG_LEASE)).isFalse();
        assertThat(first.recordFile(files.get(0))).isFalse();
        assertThat(first.commit(all, Long.MAX_VALUE))
                .as("whoever has suspended it is done")
                .isEqualTo(Outcome.LEASE_LOST);
        first.discard();
        first.suspend();
        first.close();
        files.addAll(finish(second, rowsOfMonday().subList(2, 3)));
        second.suspend();
        try (WindowAttempt third = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(third.version()).isEqualTo(first.version());
            assertThat(copied(third)).isEqualTo(files);
            assertThat(third.commit(copy(store, third), Long.MAX_VALUE))
                    .as("manifests are recorded anew")
                    .isEqualTo(Outcome.COMMITTED);
        }
        assertThat(ids(store)).containsExactly(4L);
        assertThat(state(store).versions().shows(first.version())).isTrue();
        try (WindowAttempt next = begin(store, TUESDAY, LONG_LEASE)) {
            assertThat(copied(next)).isEmpty();
        }
    }

    @Test
    void a_suspended_attempt_outlives_a_sweep_and_gives_way_to_another_window() {
        HotStore store = store();
        archive(store, MONDAY);
        WindowAttempt attempt = begin(store, TUESDAY, LONG_LEASE);
        List<FinishedFile> files = finish(attempt, List.of(event("2024-01-02T00:00:00Z", 4, "a")));
        attempt.suspend();
        ArchiveJournal journal = store.journal().orElseThrow();
        journal.beginSweep(MONDAY, "contract", LONG_LEASE).orElseThrow().close();
        assertThat(journal.listDeadVersions(Duration.ZERO)).noneMatch(dead -> dead.version() == attempt.version());
        WindowAttempt again = begin(store, TUESDAY, LONG_LEASE);
        assertThat(again.version()).isEqualTo(attempt.version());
        assertThat(copied(again)).isEqualTo(files);
        again.suspend();
        TimeRange longer = new TimeRange(TUESDAY.from(), day("2024-01-03").to());
        try (WindowAttempt other = begin(store, longer, LONG_LEASE)) {
            assertThat(other.version()).isGreaterThan(attempt.version());
            assertThat(copied(other)).isEmpty();
            assertThat(journal.listDeadVersions(Duration.ZERO)).anyMatch(dead -> dead.version() == attempt.version());
        }
    }

    @Test
    void an_attempt_that_is_declared_dead_is_not_gone_on_with_but_its_files_are_known() {
        HotStore store = store();
        WindowAttempt slow = begin(store, MONDAY, Duration.ZERO);
        List<FinishedFile> files = finish(slow, rowsOfMonday().subList(0, 2));
        WindowAttempt quick = begin(store, MONDAY, Duration.ZERO);
        assertThat(quick.version()).isGreaterThan(slow.version());
        assertThat(copied(quick)).isEqualTo(files);
        assertThat(slow.recordFile(finishedFile(rowsOfMonday().get(2), slow.version())))
                .isFalse();
        slow.suspend();
        finish(quick, rowsOfMonday().subList(0, 1));
        WindowAttempt third = begin(store, MONDAY, LONG_LEASE);
        assertThat(copied(third)).as("of the one that had come further").isEqualTo(files);
        List<FinishedFile> copies = finish(third, rowsOfMonday().subList(0, 1));
        third.suspend();
        WindowAttempt fourth = begin(store, MONDAY, LONG_LEASE);
        assertThat(fourth.version()).isEqualTo(third.version());
        assertThat(copied(fourth))
                .as("its own, and what the dead one has beyond them")
                .containsExactly(copies.get(0), files.get(1));
        fourth.discard();
        fourth.close();
        try (WindowAttempt last = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(copied(last)).isEmpty();
            assertThat(last.commit(copy(store, last), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
    }

    @Test
    void what_is_about_to_be_removed_is_not_gone_on_with() {
        HotStore store = store();
        WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE);
        finish(attempt, rowsOfMonday().subList(0, 2));
        attempt.close();
        ArchiveJournal journal = store.journal().orElseThrow();
        List<DeadVersion> dead = journal.listDeadVersions(Duration.ZERO);
        assertThat(dead).containsExactly(new DeadVersion(attempt.version(), MONDAY));
        try (WindowAttempt next = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(copied(next)).isEmpty();
            journal.forgetVersions(dead);
        }
    }

    @Test
    void an_attempt_is_of_one_kind_so_that_it_ends_in_its_own_way() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        try (ArchiveAttempt adoption =
                journal.beginAdoption(MONDAY, "contract", LONG_LEASE).orElseThrow()) {
            assertThat(adoption).isNotInstanceOfAny(WindowAttempt.class, SweepAttempt.class);
        }
        try (ArchiveAttempt window = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(window).isNotInstanceOfAny(SweepAttempt.class, AdoptionAttempt.class);
        }
        archive(store, MONDAY);
        try (ArchiveAttempt sweep =
                journal.beginSweep(MONDAY, "contract", LONG_LEASE).orElseThrow()) {
            assertThat(sweep).isNotInstanceOfAny(WindowAttempt.class, AdoptionAttempt.class);
        }
    }

    @Test
    void what_was_not_recorded_is_not_committed() {
        HotStore store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            PartitionManifest one = manifestOf(rowsOfMonday().get(0), attempt.version());
            attempt.recordManifests(List.of(one));
            RowDigest.Builder all = new RowDigest.Builder(EVENTS.rowType());
            rowsOfMonday().forEach(all::add);
            assertThatThrownBy(() -> attempt.commit(all.build(), Long.MAX_VALUE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("table 'events', window " + MONDAY + ", version 1: 3 rows with the fingerprint "
                            + all.build().fingerprint() + " were copied, but the recorded manifests are of 1 rows with"
                            + " the fingerprint " + one.digest().fingerprint()
                            + "; record every partition before the commit");
            assertThatThrownBy(() -> attempt.recordManifests(List.of(one)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("table 'events', window " + MONDAY + ", version 1 has a manifest of the partition "
                            + "year=2024/month=01/day=01/tenant=a already");
            assertThatThrownBy(() -> attempt.recordManifests(
                            List.of(manifestOf(rowsOfMonday().get(1), 2))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "table 'events', window " + MONDAY + ", version 1 can't record the manifest of version 2"
                                    + " of the partition year=2024/month=01/day=01/tenant=__HIVE_DEFAULT_PARTITION__");
        }
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
    }
}
