package io.github.tieredquery.testkit;

import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.WindowAttempt;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every journal has to do so that a place knows what it has forgotten, on top of what
 * {@link UndeclaredColumnsContract} asks for: marks that no other history has, and a way to go on behind them.
 */
public abstract class MarksContract extends UndeclaredColumnsContract {

    private static ArchiveMark other(ArchiveMark mark) {
        return new ArchiveMark(
                mark.archive(),
                mark.number(),
                "another",
                mark.version(),
                mark.epoch(),
                mark.erasedKeys(),
                mark.issued());
    }

    @Test
    void each_attempt_has_a_mark_that_tells_of_its_version_and_no_other_history_has_it() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        assertThat(journal.history().left()).isNull();
        WindowAttempt first = begin(store, MONDAY, LONG_LEASE);
        ArchiveMark mark = first.mark();
        assertThat(mark)
                .isEqualTo(new ArchiveMark(
                        journal.history().archive(), 1, mark.nonce(), first.version(), 0, 0, mark.issued()));
        assertThat(journal.remembers(other(mark))).isFalse();
        assertThat(journal.remembers(new ArchiveMark("other", 1, mark.nonce(), 1, 0, 0, mark.issued())))
                .isFalse();
        assertThat(journal.remembers(mark)).isTrue();
        assertThat(journal.history().left()).isEqualTo(mark);
        assertThat(journal.history().version()).isEqualTo(first.version());
        first.suspend();
        try (WindowAttempt resumed = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(resumed.version()).isEqualTo(first.version());
            assertThat(resumed.mark().number()).isEqualTo(2);
            assertThat(resumed.mark().version()).isEqualTo(first.version());
        }
    }

    @Test
    void what_was_issued_before_the_mark_at_the_place_is_forgotten_and_what_was_issued_since_is_not() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        ArchiveMark first = journal.mark();
        ArchiveMark second = journal.mark();
        ArchiveMark third = journal.mark();
        assertThat(journal.history().left()).isEqualTo(first);
        assertThat(journal.remembers(second)).isTrue();
        assertThat(journal.remembers(first)).isFalse();
        assertThat(journal.remembers(third)).isTrue();
        assertThat(journal.history().left()).isEqualTo(third);
    }

    @Test
    void a_mark_tells_of_commits_and_of_erased_keys() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        archive(store, MONDAY);
        Eraser.of(store).erase(List.of(event("2024-01-01T00:00:00Z", 1, "a"), event("2024-01-02T00:00:00Z", 4, "a")));
        ArchiveMark mark = journal.mark();
        assertThat(mark.version()).isEqualTo(1);
        assertThat(mark.epoch()).isEqualTo(2);
        assertThat(mark.erasedKeys()).isEqualTo(2);
    }

    @Test
    void a_recovery_excludes_what_was_forgotten_and_numbers_beyond_it() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        archive(store, MONDAY);

        ArchiveMark mark = recover(journal, 4, 4, 70);

        assertThat(mark.version()).isEqualTo(4);
        assertThat(journal.remembers(mark)).isTrue();
        assertThat(state(store).versions().ceiling()).isEqualTo(4);
        assertThat(state(store).versions().excluded()).containsExactly(2L, 3L, 4L);
        assertThat(state(store).epoch()).isEqualTo(1_000_070);
        assertThat(journal.listDeadVersions(Duration.ZERO))
                .extracting(DeadVersion::version)
                .containsExactly(2L, 3L, 4L);
        assertThat(archive(store, TUESDAY)).isEqualTo(5);
    }

    @Test
    void what_a_recovery_has_excluded_is_remembered_until_it_is_removed() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        archive(store, MONDAY);
        begin(store, TUESDAY, Duration.ZERO);
        assertThat(journal.forgotten()).isEmpty();

        recover(journal, 5, 5, 0);
        assertThat(journal.forgotten()).containsExactly(3L, 4L, 5L);
        recover(journal, 6, 6, 0);
        assertThat(journal.forgotten()).containsExactly(3L, 4L, 5L, 6L);

        journal.forgetVersions(journal.listDeadVersions(Duration.ZERO).stream()
                .filter(dead -> dead.version() != 4)
                .toList());
        assertThat(journal.forgotten()).containsExactly(4L);
    }

    /** As a backup of such a time is, when the place has got a mark since. */
    @Test
    void an_archive_without_marks_goes_on_as_the_one_at_its_place_and_one_with_marks_does_not() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        assertThat(journal.history().archive()).isNotEqualTo("another");

        ArchiveMark mark = journal.recover("another", 2, 2, 0, "contract");

        assertThat(mark.archive()).isEqualTo("another");
        assertThat(journal.remembers(mark)).isTrue();
        assertThat(journal.history().archive()).isEqualTo("another");
        assertThatThrownBy(() -> journal.recover("a third", 9, 9, 0, "contract"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("is another, not a third");
        assertThat(journal.history().version()).isEqualTo(2);
    }

    private static ArchiveMark recover(ArchiveJournal journal, long excluded, long version, long epoch) {
        return journal.recover(journal.history().archive(), excluded, version, epoch, "contract");
    }

    @Test
    void a_recovery_ends_the_lease_and_suspended_attempts() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        WindowAttempt suspended = begin(store, MONDAY, LONG_LEASE);
        suspended.suspend();
        recover(journal, 1, 1, 0);
        WindowAttempt held = begin(store, MONDAY, LONG_LEASE);
        assertThat(held.version()).isEqualTo(2);
        RowDigest copied = copy(store, held);
        recover(journal, 0, 0, 0);
        assertThat(held.renew(LONG_LEASE)).isFalse();
        assertThat(held.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.LEASE_LOST);
        assertThat(state(store).versions().excluded()).containsExactly(1L, 2L);
        assertThat(archive(store, MONDAY)).isEqualTo(3);
        prepared(store);
    }
}
