package io.github.tieredquery.testkit;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What every journal has to do about columns of which the archiver doesn't know, on top of what
 * {@link BelowWatermarkContract} asks for: no row is deleted with values that weren't archived.
 */
public abstract class UndeclaredColumnsContract extends BelowWatermarkContract {

    /** A row of Monday with a value in an appended column; the rest is as in the store, so that no comparison tells. */
    private static final Row FIRST_WITH_GATE =
            ContractRows.row(WIDER.rowType(), Instant.parse("2024-01-01T00:00:00Z"), 1L, "a", "note 1", "B12", null);

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        " has the columns [gate, delay], which table 'events' doesn't: archiving rows would"
                                + " lose their values. Append them to the Table");
    }

    /** Somebody appends columns, and gives one of the rows a value in them. */
    private HotStore widened(HotStore store) {
        stores().alter(store, WIDER);
        HotStore newer = stores().another(store, WIDER);
        Instant time = Objects.requireNonNull(FIRST_WITH_GATE.timestamp("at"));
        stores().delete(store, new TimeRange(time, time.plusNanos(1_000)));
        stores().insert(newer, List.of(FIRST_WITH_GATE));
        return newer;
    }

    private static List<Row> read(HotStore store) {
        return rows(store.open(Scan.of(store.table(), ALL), ScanControl.unlimited()));
    }

    @Test
    void columns_that_the_table_does_not_have_are_refused_before_anything_is_begun() {
        HotStore store = stores().create(journalName, EVENTS, List.of(event("2024-01-01T00:00:00Z", 1, "a")));
        HotStore newer = widened(store);
        assertRefused(() -> prepared(store));
        prepared(newer);
        archive(newer, MONDAY);
        assertThat(state(store).identity())
                .as("of the first that was let in")
                .isEqualTo(ArchiveIdentity.of(WIDER, LAYOUT).text());
    }

    @Test
    void a_column_that_comes_while_a_window_is_copied_keeps_its_rows_where_they_are() {
        HotStore store = store();
        HotStore newer;
        JournalState before = state(store);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            newer = widened(store);
            assertRefused(() -> attempt.commit(copied, Long.MAX_VALUE));
            assertRefused(() -> attempt.commit(copied, 1));
        }
        assertThat(state(store).watermark()).isNull();
        assertThat(state(store).epoch()).isEqualTo(before.epoch());
        assertThat(read(newer)).hasSize(4).contains(FIRST_WITH_GATE);
        prepared(newer);
        archive(newer, MONDAY);
        assertThat(ids(newer)).containsExactly(4L);
    }

    @Test
    void a_column_that_comes_before_a_window_is_deleted_in_parts_keeps_them() {
        HotStore store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(attempt.commit(copy(store, attempt), 1)).isEqualTo(Outcome.COMMITTED);
        }
        ArchiveJournal journal = store.journal().orElseThrow();
        List<PendingDelete> parts = journal.undeleted();
        HotStore newer = widened(store);
        for (PendingDelete part : parts) {
            assertRefused(() -> journal.delete(part));
        }
        assertThat(journal.undeleted()).isEqualTo(parts);
        assertThat(read(newer)).hasSize(4).contains(FIRST_WITH_GATE);
        prepared(newer);
        assertThat(parts.stream().map(newer.journal().orElseThrow()::delete))
                .as("a part holds what is archived if its rows have no values in the new columns")
                .startsWith(false)
                .contains(true);
        assertThat(read(newer)).contains(FIRST_WITH_GATE);
    }

    @Test
    void a_column_that_comes_while_a_window_is_swept_keeps_late_rows_where_they_are() {
        HotStore store = store();
        archive(store, MONDAY);
        Row late = event("2024-01-01T00:00:00Z", 1, "a");
        stores().insert(store, List.of(late));
        SweepCommit seen = new SweepCommit(MONDAY, state(store).epoch(), List.of(late));
        HotStore newer;
        try (SweepAttempt sweep = store.journal()
                .orElseThrow()
                .beginSweep(MONDAY, "contract", LONG_LEASE)
                .orElseThrow()) {
            newer = widened(store);
            assertRefused(() -> sweep.deleteUnchanged(seen));
            RowDigest written = copy(store, sweep);
            assertRefused(() -> sweep.commit(written, seen));
        }
        assertThat(read(newer)).hasSize(2).contains(FIRST_WITH_GATE);
    }
}
