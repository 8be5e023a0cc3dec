package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.UnknownHistoryException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.store.StoredVersion;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.Interception;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What becomes of an archive whose database goes back to an earlier moment, or is copied. */
class RecoveryTest {

    private static final Row FIRST = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
    private static final Row SECOND = flight("2024-03-01T12:00:00Z", 2, "BER", 2);
    private static final Row LATE = flight("2024-03-01T18:00:00Z", 3, "SFO", 3);
    private static final Row NEXT_DAY = flight("2024-03-02T06:00:00Z", 4, "SFO", 4);
    private static final TimeRange FIRST_DAY =
            new TimeRange(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-03-02T00:00:00Z"));

    private final HivePartitionLayout layout =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");
    private final ArchiveFixture fixture = new ArchiveFixture("2024-03-04T08:00:00Z", layout);

    private ArchiveReport run() {
        return fixture.archiver().build().run();
    }

    private RecoveryReport recover() {
        return fixture.archiver().build().recover();
    }

    private ArchiveMark mark() {
        return fixture.cold.mark(ScanControl.unlimited()).orElseThrow().mark();
    }

    @Test
    void the_mark_tells_of_a_version_before_anything_is_written_under_it() {
        fixture.hot.put(FIRST, SECOND);
        run();
        assertThat(fixture.steps)
                .containsSubsequence("cold.mark", "journal.begun", "cold.leaveMark", "cold.markLeft", "cold.create");
        assertThat(mark().version()).isEqualTo(1);
        fixture.hot.put(LATE);
        fixture.steps.clear();
        run();
        assertThat(fixture.steps).containsSubsequence("journal.beginSweep", "cold.markLeft", "cold.create");
        assertThat(mark().version()).isEqualTo(2);
        assertThat(mark().epoch()).isEqualTo(1);
    }

    @Test
    void an_archiver_over_a_database_that_was_restored_is_refused_and_writes_nothing() {
        fixture.hot.put(FIRST, SECOND);
        fixture.archiver().build().run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE);
        fixture.clock.advance(Duration.ofHours(1));
        run();
        ArchiveMark known = mark();
        restore.run();
        List<String> files = fixture.cold.files();
        fixture.steps.clear();

        assertThatThrownBy(this::run)
                .isInstanceOf(UnknownHistoryException.class)
                .hasMessage("archive of table 'flights': cold:flights has a mark that the journal doesn't remember:"
                        + " number 3, issued at 2024-03-04T09:00:00Z, when versions up to 2 were given out; the journal"
                        + " has given out versions up to 1, and the last mark that it knows of there is number 2 of"
                        + " 2024-03-04T08:00:00Z. The database was restored to an earlier moment, or has lost its last"
                        + " commits, or is a copy of one that goes on elsewhere. Nothing was written. If this database"
                        + " is the one that goes on, let nothing else archive there and call Archiver.recover() once;"
                        + " if it is a copy, archive to a place of its own");
        assertThat(fixture.steps)
                .doesNotContain("journal.beginWindow", "journal.beginSweep", "cold.create", "cold.remove");
        assertThat(fixture.cold.files()).isEqualTo(files);
        assertThat(mark()).isEqualTo(known);
    }

    @Test
    void a_recovery_ends_with_its_budget_and_the_next_one_does_the_rest() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE);
        fixture.clock.advance(Duration.ofHours(1));
        run();
        restore.run();
        AtomicLong nanos = new AtomicLong();
        Duration budget = Duration.ofSeconds(10);
        Archiver slow = fixture.archiver(StepHook.doingAt("cold.stored", 1, () -> nanos.set(budget.toNanos())))
                .build();
        assertThatThrownBy(() -> slow.recover(ScanControl.within(budget, nanos::get)))
                .isInstanceOf(QueryTimedOutException.class)
                .hasMessageStartingWith("the timeout of PT10S passed while ");
        assertThatThrownBy(this::run).isInstanceOf(UnknownHistoryException.class);
        assertThat(fixture.archiver().build().recover(budget).forgotten())
                .extracting(RecoveryReport.Forgotten::version)
                .containsExactly(2L);
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    @Test
    void a_recovery_excludes_what_was_forgotten_and_archiving_goes_on() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE, NEXT_DAY);
        Eraser.of(fixture.hot).erase(List.of(FIRST));
        fixture.clock.advance(Duration.ofHours(1));
        run();
        assertThat(fixture.read()).containsExactly(SECOND, LATE, NEXT_DAY);
        restore.run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);

        RecoveryReport report = recover();

        assertThat(report)
                .isEqualTo(new RecoveryReport(
                        report.forgotten(),
                        report.forgotten().size(),
                        1 + report.forgotten().size(),
                        Instant.parse("2024-03-04T08:00:00Z"),
                        Instant.parse("2024-03-04T09:00:00Z"),
                        1,
                        List.of()));
        assertThat(report.forgotten())
                .extracting(RecoveryReport.Forgotten::windows)
                .contains(List.of(FIRST_DAY));
        assertThat(report.hasFound()).isTrue();
        fixture.hot.put(LATE);
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, LATE);
        fixture.clock.advance(Duration.ofHours(13));
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, LATE);
        assertThat(fixture.cold.files()).hasSize(2);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void where_nothing_was_forgotten_a_recovery_changes_nothing() {
        fixture.hot.put(FIRST, SECOND);
        run();
        ArchiveMark before = mark();

        RecoveryReport report = recover();

        assertThat(report).isEqualTo(new RecoveryReport(List.of(), 0, 1, before.issued(), null, 0, List.of()));
        assertThat(report.hasFound()).isFalse();
        assertThat(mark()).isEqualTo(before);
    }

    @Test
    void a_recovery_whose_mark_was_not_left_goes_on_when_it_is_called_again() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE);
        fixture.clock.advance(Duration.ofHours(1));
        run();
        restore.run();
        SourceUnavailableException away = new SourceUnavailableException("S3 is away");
        assertThatThrownBy(() -> fixture.archiver(StepHook.failingAt("cold.leaveMark", 1, away))
                        .build()
                        .recover())
                .isSameAs(away);
        assertThatThrownBy(this::run).isInstanceOf(UnknownHistoryException.class);

        RecoveryReport report = recover();

        assertThat(report.since()).isEqualTo("2024-03-04T08:00:00Z");
        assertThat(report.until()).isEqualTo("2024-03-04T09:00:00Z");
        assertThat(report.forgotten()).containsExactly(sweptAway());
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    /** The second version of the first day, with a late row. */
    private RecoveryReport.Forgotten sweptAway() {
        return new RecoveryReport.Forgotten(2, List.of(FIRST_DAY), 2, 2, bytesOf(2));
    }

    private long bytesOf(long version) {
        return fixture.cold.stored(0, ScanControl.unlimited()).stream()
                .filter(stored -> stored.version() == version)
                .mapToLong(StoredVersion::bytes)
                .sum();
    }

    /** Its report is lost, the mark is there. */
    @Test
    void a_recovery_that_died_behind_its_mark_says_what_was_forgotten_when_it_is_called_again() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE);
        run();
        restore.run();
        SourceUnavailableException away = new SourceUnavailableException("S3 is away");
        assertThatThrownBy(() -> fixture.archiver(StepHook.failingAt("cold.lacking", 1, away))
                        .build()
                        .recover())
                .isSameAs(away);

        RecoveryReport report = recover();

        assertThat(report.hasFound()).isFalse();
        assertThat(report.forgotten()).containsExactly(sweptAway());
        fixture.clock.advance(Duration.ofHours(13));
        assertThat(run().removed().versions()).isEqualTo(1);
        assertThat(recover().forgotten()).isEmpty();
    }

    /** Whoever is left in the lost history leaves one more. */
    @Test
    void a_recovery_that_another_mark_came_between_reports_all_that_its_tries_have_excluded() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE);
        run();
        ArchiveMark lost = mark();
        restore.run();
        boolean[] once = new boolean[1];
        StepHook hook = step -> {
            if (step.equals("cold.leaveMark") && !once[0]) {
                once[0] = true;
                StoredMark there = fixture.cold.mark(ScanControl.unlimited()).orElseThrow();
                ArchiveMark later = new ArchiveMark(
                        lost.archive(),
                        lost.number() + 1,
                        "later",
                        3,
                        lost.epoch(),
                        lost.erasedKeys(),
                        Instant.parse("2024-03-04T09:30:00Z"));
                assertThat(fixture.cold.mark(later, there, ScanControl.unlimited()))
                        .isTrue();
            }
        };

        RecoveryReport report = fixture.archiver(hook).build().recover();

        assertThat(report)
                .isEqualTo(new RecoveryReport(
                        List.of(sweptAway()),
                        2,
                        3,
                        Instant.parse("2024-03-04T08:00:00Z"),
                        Instant.parse("2024-03-04T09:30:00Z"),
                        0,
                        List.of()));
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    @Test
    void a_file_of_a_version_that_no_archive_reaches_is_named_before_anything_is_excluded() {
        fixture.hot.put(FIRST, SECOND);
        run();
        ArchiveMark before = mark();
        String stray = stray(10_002);

        assertThatThrownBy(this::recover)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("archive of table 'flights': cold:flights has " + stray + ", of version 10002, and the"
                        + " journal has given out versions up to 1. A journal that has forgotten more than 10000 versions"
                        + " isn't recovered. Nothing was excluded or written. If it isn't the archive's, move it"
                        + " elsewhere; or else restore a later backup; and call recover() again");
        assertThat(mark()).isEqualTo(before);
        assertThat(fixture.hot.journal().orElseThrow().history().version()).isEqualTo(1);

        fixture.cold.moveAway(stray);
        stray(10_001);
        assertThat(recover().forgotten())
                .extracting(RecoveryReport.Forgotten::version)
                .containsExactly(10_001L);
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    private String stray(long version) {
        HivePartition partition = fixture.cold
                .stored(0, ScanControl.unlimited())
                .get(0)
                .partitions()
                .get(0);
        try (ColdFile file = fixture.cold.create(partition, version, 1)) {
            file.write(SECOND);
            return file.finish().location();
        }
    }

    @Test
    void whoever_goes_on_in_the_lost_history_is_refused_after_a_recovery() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE);
        run();
        Runnable lost = fixture.hot.backup();
        restore.run();
        recover();
        Runnable recovered = fixture.hot.backup();

        lost.run();
        fixture.hot.put(NEXT_DAY);
        assertThatThrownBy(this::run).isInstanceOf(UnknownHistoryException.class);

        recovered.run();
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    /** Both have given out the same number, and each has drawn its own mark. */
    @Test
    void of_a_database_and_its_copy_at_one_place_the_second_is_refused() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable copy = fixture.hot.backup();
        fixture.hot.put(LATE);
        run();
        Runnable original = fixture.hot.backup();
        copy.run();
        fixture.hot.put(NEXT_DAY);
        assertThatThrownBy(this::run).isInstanceOf(UnknownHistoryException.class);
        original.run();
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, LATE);
    }

    @Test
    void the_place_of_another_archive_is_refused_and_not_to_be_recovered() {
        fixture.hot.put(FIRST);
        run();
        String first = mark().archive();
        MemoryHotStore other = new MemoryHotStore("hot:other", Flights.TABLE, fixture.clock);
        other.put(SECOND);
        Archiver archiver = new ArchiverBuilder(other, fixture.cold)
                .keep(Period.ofDays(2))
                .clock(fixture.clock)
                .settle(Duration.ZERO)
                .build();
        String second = other.journal().orElseThrow().history().archive();
        String message = "archive of table 'flights': cold:flights is the place of another archive, " + first
                + ", and the journal's is " + second + ". Nothing was written. Archive to a place of its own; if the"
                + " journal's tables were lost or made anew, restore the database, journal and table together";

        assertThatThrownBy(archiver::run)
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage(message);
        assertThatThrownBy(archiver::recover)
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    /** A database that is restored to such a time draws what it is told by anew. */
    @Test
    void a_backup_of_a_time_before_there_were_marks_is_refused_and_recovered() {
        fixture.hot.put(FIRST, SECOND);
        run();
        fixture.hot.forgetMarks();
        fixture.cold.forgetMark();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE);
        run();
        ArchiveMark lost = mark();
        Runnable goingOn = fixture.hot.backup();
        restore.run();
        fixture.hot.forgetMarks();

        assertThatThrownBy(this::run)
                .isInstanceOf(UnknownHistoryException.class)
                .hasMessage("archive of table 'flights': cold:flights has a mark of the archive " + lost.archive()
                        + ", number 2, issued at 2024-03-04T08:00:00Z, when versions up to 2 were given out; the journal"
                        + " has given out versions up to 1 and no mark yet: it is of a time before there were marks. The"
                        + " database was restored to an earlier moment, or has lost its last commits, or is a copy of one"
                        + " that goes on elsewhere. Nothing was written. If this database is the one that goes on, let"
                        + " nothing else archive there and call Archiver.recover() once; if it is a copy, archive to a"
                        + " place of its own");
        assertThat(mark()).isEqualTo(lost);
        RecoveryReport report = recover();

        assertThat(report)
                .isEqualTo(new RecoveryReport(
                        List.of(sweptAway()), 1, 2, null, Instant.parse("2024-03-04T08:00:00Z"), 0, List.of()));
        assertThat(mark().archive()).isEqualTo(lost.archive());
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);

        goingOn.run();
        assertThatThrownBy(this::run).isInstanceOf(UnknownHistoryException.class);
    }

    /** As archives are that were begun before there were marks. */
    @Test
    void without_a_mark_the_files_tell_what_was_forgotten() {
        fixture.hot.put(FIRST, SECOND);
        run();
        Runnable restore = fixture.hot.backup();
        fixture.hot.put(LATE, NEXT_DAY);
        fixture.clock.advance(Duration.ofDays(1));
        run();
        fixture.cold.forgetMark();
        restore.run();
        assertThatThrownBy(this::run)
                .isInstanceOf(UnknownHistoryException.class)
                .hasMessage(
                        "archive of table 'flights': cold:flights has no mark, and files of 3 as its highest version;"
                                + " the journal has given out versions up to 1. The database was restored to an earlier moment,"
                                + " or has lost its last commits, or is a copy of one that goes on elsewhere. Nothing was"
                                + " written. If this database is the one that goes on, let nothing else archive there and call"
                                + " Archiver.recover() once; if it is a copy, archive to a place of its own");
        RecoveryReport report = recover();
        assertThat(report.until()).isNull();
        assertThat(report.excluded()).isEqualTo(2);
        run();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    @Test
    void an_archive_without_a_mark_gets_one() {
        fixture.hot.put(FIRST, SECOND);
        run();
        fixture.cold.forgetMark();
        run();
        assertThat(mark().version()).isEqualTo(1);
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    /** It removes what the copy's own journal calls dead, which the original may count on. */
    @Test
    void nothing_is_removed_before_the_place_knows_of_it() {
        fixture.hot.put(FIRST, SECOND);
        run();
        fixture.hot.put(LATE);
        run();
        fixture.clock.advance(Duration.ofHours(13));
        ArchiveMark before = mark();
        fixture.steps.clear();
        assertThat(run().removed().versions()).isEqualTo(1);
        assertThat(fixture.steps).containsSubsequence("journal.mark", "cold.markLeft", "cold.drop", "cold.remove");
        assertThat(mark().number()).isEqualTo(before.number() + 1);
    }

    /** Then the mark that it has issued is behind the one that is there. */
    @Test
    void a_mark_of_another_archiver_that_came_between_is_left_in_its_place() {
        fixture.hot.put(FIRST, SECOND);
        run();
        fixture.hot.put(NEXT_DAY);
        boolean[] once = new boolean[1];
        StepHook hook = step -> {
            if (step.equals("cold.leaveMark") && !once[0]) {
                once[0] = true;
                StoredMark there = fixture.cold.mark(ScanControl.unlimited()).orElseThrow();
                ArchiveMark later = fixture.hot.journal().orElseThrow().mark();
                assertThat(fixture.cold.mark(later, there, ScanControl.unlimited()))
                        .isTrue();
            }
        };
        fixture.hot.put(LATE);
        ArchiveReport report = fixture.archiver(hook).build().run();
        assertThat(report.stop()).isEqualTo(ArchiveReport.Stop.NOTHING_LEFT);
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, LATE, NEXT_DAY);
    }

    /** The lost history drops the partitions of what it has replaced, and removes their files then. */
    @Test
    void files_that_the_journal_counts_on_are_looked_for_and_partitions_made_known_again() {
        fixture.hot.put(FIRST, SECOND);
        run();
        List<String> paths = fixture.cold.registered();
        paths.forEach(fixture.cold::forget);
        String gone = "mem://" + paths.get(1) + "/part-1";
        fixture.cold.moveAway(gone);

        RecoveryReport report = recover();

        assertThat(report.hasFound()).isFalse();
        assertThat(report.lacking()).containsExactly(gone);
        assertThat(fixture.cold.registered()).containsExactly(paths.get(0));
    }

    /** A stretch that touches two months or years is all that there is, in a listing by directories. */
    @Test
    void files_are_looked_for_month_by_month_of_the_archives_zone() {
        ZoneId zone = ZoneId.of("America/New_York");
        HivePartitionLayout local = HivePartitionLayout.daily(zone).thenBy("origin");
        ArchiveFixture archive = new ArchiveFixture("2024-05-04T08:00:00Z", local);
        Instant first = Instant.parse("2022-11-30T23:30:00Z");
        for (int day = 0; day < 500; day += 10) {
            archive.hot.put(flight(first.plus(Duration.ofDays(day)).toString(), day, "SFO", 1));
        }
        archive.archiver(StepHook.NONE).build().run();
        HivePartitionPlanner planner = HivePartitionPlanner.of(Flights.TABLE, local);
        List<String> looked = new ArrayList<>();
        ColdStore cold = Interception.before(ColdStore.class, archive.cold, call -> {
            if (call.name().equals("lacking")) {
                Collection<?> manifests = call.argument(0, Collection.class);
                List<Instant> times = manifests.stream()
                        .map(PartitionManifest.class::cast)
                        .map(PartitionManifest::minTime)
                        .sorted()
                        .toList();
                looked.add(planner.directory(
                        new TimeRange(times.get(0), times.get(times.size() - 1).plusNanos(1_000))));
            }
            return call.proceed();
        });

        RecoveryReport report = new ArchiverBuilder(archive.hot, cold)
                .keep(Period.ofDays(2))
                .clock(archive.clock)
                .settle(Duration.ZERO)
                .build()
                .recover();

        assertThat(report.lacking()).isEmpty();
        assertThat(looked)
                .doesNotHaveDuplicates()
                .hasSize(18)
                .startsWith("year=2024/month=04/day=03/", "year=2024/month=03/")
                .endsWith("year=2022/month=11/day=30/")
                .allMatch(directory -> directory.matches("year=[0-9]{4}/month=[0-9]{2}/(day=[0-9]{2}/)?"));
    }

    @Test
    void without_versions_files_above_the_restored_watermark_are_moved_away_first() {
        ArchiveFixture plain = new ArchiveFixture("2024-03-04T08:00:00Z", layout.withoutVersion());
        plain.hot.put(FIRST, SECOND, NEXT_DAY);
        plain.archiver(StepHook.NONE).build();
        Runnable restore = plain.hot.backup();
        plain.archiver().build().run();
        restore.run();
        assertThatThrownBy(() -> plain.archiver().build().run()).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> plain.archiver().build().recover())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("cold:flights: mem://year=2024/month=03/day=01/origin=BER/part-1 is somebody else's");
        plain.cold.files().forEach(plain.cold::moveAway);

        assertThat(plain.archiver().build().recover().hasFound()).isTrue();

        plain.archiver().build().run();
        assertThat(plain.read()).containsExactly(FIRST, SECOND, NEXT_DAY);
    }
}
