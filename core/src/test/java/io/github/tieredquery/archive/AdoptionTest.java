package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An archive that another job has filled, taken over. */
class AdoptionTest {

    private static final String NOT_TAKEN_OVER =
            "table 'flights': cold:flights was built to take over an archive, and not all of it is taken over yet; run"
                    + " Adoption.of(…) until its report is complete";

    private static final Table OTHER =
            Table.builder("notes").time("at").key("id", ColumnType.INT64).build();
    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");
    private static final Row FIRST = flight("2024-02-01T06:00:00Z", 1, "SFO", 1);
    private static final Row SECOND = flight("2024-02-01T12:00:00Z", 2, "BER", null);
    private static final Row THIRD = flight("2024-02-02T12:00:00Z", 3, "SFO", 3);
    private static final Row FOURTH = flight("2024-02-05T12:00:00Z", 4, "SFO", 4);
    private static final Row RECENT = flight("2024-03-05T12:00:00Z", 5, "SFO", 5);

    private final ArchiveFixture fixture = new ArchiveFixture("2024-03-06T08:00:00Z", LAYOUT);
    private final MemoryColdStore old = new MemoryColdStore("cold:old", Flights.TABLE, LAYOUT.withoutVersion());
    private final MemoryColdStore cold = fixture.cold.adopting(old);

    private Archiver archiver() {
        return archiver(StepHook.NONE);
    }

    private Archiver archiver(StepHook hook) {
        return fixture.archiver(hook, cold).build();
    }

    private Adoption adoption() {
        return adoption(StepHook.NONE);
    }

    private Adoption adoption(StepHook hook) {
        return fixture.adoption(hook, cold);
    }

    private static TimeRange days(String from, String to) {
        return new TimeRange(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
    }

    @Test
    void its_rows_are_read_from_where_its_files_lie() {
        ColdRows.write(old, 1, List.of(FIRST, SECOND, THIRD, FOURTH));
        fixture.hot.put(RECENT);
        List<String> files = old.files();
        AdoptionReport report = adoption().run();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.watermark()).isEqualTo(Instant.parse("2024-02-06T00:00:00Z"));
        assertThat(List.of(
                        report.windows(), report.windowsLeft(), (int) report.partitions(), (int) report.files(), (int)
                                report.rows()))
                .containsExactly(3, 0, 4, 4, 4);
        assertThat(report.bytes()).isPositive();
        assertThat(report.overlap()).isEqualTo(new AdoptionReport.Overlap(0, 0, List.of(), 0));
        assertThat(report.duplicates()).isZero();
        assertThat(report.gaps()).containsExactly(days("2024-02-03", "2024-02-05"), days("2024-02-06", "2024-03-05"));
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, THIRD, FOURTH, RECENT);
        assertThat(fixture.hot.manifests())
                .flatExtracting(PartitionManifest::files)
                .extracting(StoredFile::location)
                .containsExactlyInAnyOrderElementsOf(files);
        assertThat(fixture.cold.files()).as("nothing was written").isEmpty();
        assertThat(old.files()).isEqualTo(files);
        RowDigest.Builder digest = new RowDigest.Builder(Flights.TABLE.rowType());
        List.of(FIRST, SECOND, THIRD, FOURTH).forEach(digest::add);
        assertThat(fixture.hot.manifests().stream()
                        .map(PartitionManifest::digest)
                        .reduce(RowDigest.EMPTY, RowDigest::plus))
                .isEqualTo(digest.build());
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_gap_before_a_row_of_the_last_day_is_reported() {
        ColdRows.write(old, 1, List.of(FIRST, SECOND));
        fixture.hot.put(flight("9999-12-31T12:00:00Z", 5, "SFO", 5));
        assertThat(adoption().run().gaps()).containsExactly(days("2024-02-02", "9999-12-31"));
    }

    @Test
    void rows_in_both_tiers_are_reported_and_seen_once_and_swept_without_touching_the_old_files() {
        ColdRows.write(old, 1, List.of(FIRST, SECOND, THIRD));
        Row changed = flight("2024-02-01T12:00:00Z", 2, "BER", 99);
        Row behind = flight("2024-02-01T13:00:00Z", 7, "BER", 7);
        fixture.hot.put(FIRST, changed, behind, RECENT);
        AdoptionReport report = adoption().run();
        assertThat(report.overlap())
                .isEqualTo(new AdoptionReport.Overlap(1, 1, List.of(Flights.TABLE.keyOf(changed)), 1));
        assertThat(fixture.read()).containsExactly(FIRST, changed, behind, THIRD, RECENT);
        List<String> files = old.files();
        ArchiveReport run = archiver().run();
        assertThat(run.sweeps()).hasSize(1);
        assertThat(fixture.hot.rows()).containsExactly(RECENT);
        assertThat(fixture.read()).containsExactly(FIRST, changed, behind, THIRD, RECENT);
        fixture.clock.advance(Duration.ofHours(12));
        ArchiveReport later = archiver().run();
        assertThat(later.removed().versions()).isEqualTo(1);
        assertThat(later.removed().partitions()).as("of the new table").isEqualTo(2);
        assertThat(later.removed().files()).isZero();
        assertThat(old.files()).isEqualTo(files);
        assertThat(old.registered()).hasSize(3);
        assertThat(fixture.read()).containsExactly(FIRST, changed, behind, THIRD, RECENT);
        assertThat(adoption().run().overlap())
                .as("reported anew")
                .isEqualTo(new AdoptionReport.Overlap(0, 0, List.of(), 0));
    }

    @Test
    void a_crash_at_any_step_is_gone_on_from() {
        ColdRows.write(old, 1, List.of(FIRST, SECOND, THIRD, FOURTH));
        List<String> all = new ArrayList<>();
        adoption(all::add).run();
        assertThat(all)
                .contains("journal.commitAdoption", "journal.endAdoption", "cold.register", "cold.listVisibleFiles");
        for (int dieAt = 0; dieAt < all.size(); dieAt++) {
            ArchiveFixture each = new ArchiveFixture("2024-03-06T08:00:00Z", LAYOUT);
            each.hot.put(FIRST, RECENT);
            int[] taken = {dieAt};
            StepHook dying = step -> {
                if (taken[0]-- <= 0) {
                    throw new IllegalStateException("the process is gone");
                }
            };
            MemoryColdStore store = each.cold.adopting(old);
            assertThatThrownBy(() -> each.adoption(dying, store).run()).hasMessage("the process is gone");
            each.clock.advance(Duration.ofMinutes(5));
            AdoptionReport report = each.adoption(StepHook.NONE, store).run();
            assertThat(report.isComplete()).as("after step " + dieAt).isTrue();
            assertThat(report.overlap()).isEqualTo(new AdoptionReport.Overlap(1, 0, List.of(), 0));
            assertThat(each.read()).as("after step " + dieAt).containsExactly(FIRST, SECOND, THIRD, FOURTH, RECENT);
            assertThat(each.hot.manifests()).hasSize(4);
            each.archiver(StepHook.NONE, store).build().run();
            assertThat(each.read()).containsExactly(FIRST, SECOND, THIRD, FOURTH, RECENT);
            assertThat(each.leftOpen()).isZero();
        }
    }

    @Test
    void two_that_take_it_over_at_once_take_each_window_over_once() {
        ColdRows.write(old, 1, List.of(FIRST, SECOND, THIRD, FOURTH));
        List<String> all = new ArrayList<>();
        adoption(all::add).run();
        for (int at = 0; at < all.size(); at++) {
            ArchiveFixture each = new ArchiveFixture("2024-03-06T08:00:00Z", LAYOUT);
            MemoryColdStore store = each.cold.adopting(old);
            int[] taken = {at};
            StepHook overtaken = step -> {
                if (taken[0]-- == 0) {
                    each.clock.advance(Duration.ofMinutes(5));
                    each.adoption(StepHook.NONE, store).run();
                }
            };
            each.adoption(overtaken, store).run();
            assertThat(each.hot.manifests()).as("overtaken at step " + at).hasSize(4);
            assertThat(each.read()).containsExactly(FIRST, SECOND, THIRD, FOURTH);
        }
    }

    @Test
    void until_it_is_complete_nothing_is_archived_and_no_reader_sees_a_part() {
        ColdRows.write(old, 1, List.of(FIRST, THIRD));
        Row due = flight("2024-03-01T12:00:00Z", 8, "SFO", 8);
        fixture.hot.put(due, RECENT);
        int[] commits = {0};
        StepHook dying = step -> {
            if (step.equals("journal.beginAdoption") && commits[0]++ == 1) {
                throw new IllegalStateException("the process is gone");
            }
        };
        assertThatThrownBy(() -> adoption(dying).run()).hasMessage("the process is gone");
        assertThat(fixture.read()).containsExactly(due, RECENT);
        assertThatThrownBy(() -> archiver().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(NOT_TAKEN_OVER);
        assertThatThrownBy(() -> fixture.archiver().build().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "table 'flights': an archive is being taken over and not all of it is yet; run Adoption.of(…)"
                                + " until it is complete");
        assertThat(adoption().run().windows()).isEqualTo(1);
        assertThat(fixture.read()).containsExactly(FIRST, THIRD, due, RECENT);
    }

    @Test
    void before_it_has_begun_nothing_is_archived_either() {
        ColdRows.write(old, 1, List.of(FIRST));
        fixture.hot.put(THIRD, RECENT);
        assertThatThrownBy(() -> archiver().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(NOT_TAKEN_OVER);
        assertThat(fixture.watermark()).isNull();
        assertThat(adoption().run().isComplete()).isTrue();
        archiver().run();
        assertThat(fixture.read()).containsExactly(FIRST, THIRD, RECENT);
    }

    @Test
    void a_partition_that_is_registered_between_two_calls_is_taken_over_by_the_second() {
        ColdRows.write(old, 1, List.of(FIRST, THIRD));
        int[] begun = {0};
        StepHook dying = step -> {
            if (step.equals("journal.beginAdoption") && begun[0]++ == 1) {
                throw new IllegalStateException("the process is gone");
            }
        };
        assertThatThrownBy(() -> adoption(dying).run()).hasMessage("the process is gone");
        ColdRows.write(old, 1, List.of(SECOND));
        AdoptionReport report = adoption().run();
        assertThat(List.of(report.windows(), (int) report.partitions(), (int) report.rows()))
                .containsExactly(2, 2, 2);
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, THIRD);
        ColdRows.write(old, 1, List.of(flight("2024-02-01T13:00:00Z", 8, "JFK", 8)));
        assertThat(adoption().run().windows()).as("when it has ended").isZero();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, THIRD);
    }

    @Test
    void a_budget_ends_it_between_windows() {
        ColdRows.write(old, 1, List.of(FIRST, THIRD, FOURTH));
        AdoptionReport report = adoption().run(ScanControl.within(Duration.ofNanos(1)));
        assertThat(report.stop()).isEqualTo(Stop.BUDGET);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.watermark()).isNull();
        assertThat(adoption().run(Duration.ofMinutes(5)).windows()).isEqualTo(3);
        assertThatThrownBy(() -> adoption().run(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the budget is PT0S; it is positive");
    }

    @Test
    void a_lease_that_runs_out_while_the_catalog_is_waited_for_is_refused() {
        Adoption adoption = Adoption.of(fixture.hot, cold);
        assertThatThrownBy(() -> adoption.settle(Duration.ofSeconds(1))
                        .lease(Duration.ofSeconds(8))
                        .run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("lease(PT8S) runs out while the catalog is waited for, which takes PT8S at a time with"
                        + " settle(PT1S), so that another archiver takes over again and again; lease for longer, or"
                        + " settle for less");
        assertThatThrownBy(() -> adoption.lease(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lease(PT0S): the time is positive");
        assertThatThrownBy(() -> adoption.settle(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("settle(PT-1S): the time is 0 or more");
        assertThatThrownBy(() -> adoption.settle(Duration.ofSeconds(1)).run(Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the budget is PT1S, and settle(PT1S) alone takes as long: no window would ever be archived;"
                                + " allow more");
    }

    @Test
    void a_listener_hears_of_the_steps_of_each_window() {
        ColdRows.write(old, 1, List.of(FIRST, THIRD));
        List<String> heard = new ArrayList<>();
        Adoption adoption = adoption()
                .listener(progress -> heard.add(progress.window().from() + " " + progress.phase()))
                .lease(Duration.ofMinutes(1))
                .owner("the job");
        assertThat(adoption.run().windows()).isEqualTo(2);
        assertThat(heard)
                .containsExactly(
                        "2024-02-01T00:00:00Z PUBLISH",
                        "2024-02-01T00:00:00Z VERIFY",
                        "2024-02-01T00:00:00Z COPY",
                        "2024-02-01T00:00:00Z COMMIT",
                        "2024-02-01T00:00:00Z DONE",
                        "2024-02-02T00:00:00Z PUBLISH",
                        "2024-02-02T00:00:00Z VERIFY",
                        "2024-02-02T00:00:00Z COPY",
                        "2024-02-02T00:00:00Z COMMIT",
                        "2024-02-02T00:00:00Z DONE");
    }

    @Test
    void stores_of_two_tables_are_refused() {
        MemoryHotStore hot = new MemoryHotStore("hot:notes", OTHER, fixture.clock);
        assertThatThrownBy(() -> Adoption.of(hot, cold))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("hot:notes holds\n  " + OTHER + "\nbut cold:flights holds\n  " + Flights.TABLE);
    }

    @Test
    void rows_that_stand_twice_in_it_are_reported() {
        ColdRows.write(old, 1, List.of(FIRST));
        HivePartition partition = LAYOUT.checkedAgainst(Flights.TABLE).partitionOf(FIRST);
        try (ColdFile again = old.create(partition, 1, 2)) {
            again.write(FIRST);
            again.finish();
        }
        AdoptionReport report = adoption().run();
        assertThat(report.rows()).isEqualTo(2);
        assertThat(report.duplicates()).isEqualTo(1);
        assertThat(report.duplicateKeys()).containsExactly(Flights.TABLE.keyOf(FIRST));
        fixture.hot.put(FIRST);
        assertThat(fixture.read())
                .as("of which one counts when it was inserted")
                .containsExactly(FIRST);
        archiver().run();
        assertThat(fixture.read()).containsExactly(FIRST);
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void what_hides_rows_that_stand_more_than_once_in_it_cuts_no_limited_query_short(Order order) {
        HivePartition partition = LAYOUT.checkedAgainst(Flights.TABLE).partitionOf(FIRST);
        Row again = flight("2024-02-01T06:00:00Z", 2, "SFO", 2);
        Row sameDay = flight("2024-02-01T18:00:00Z", 9, "SFO", 9);
        ColdRows.write(old, 1, List.of(FIRST, again, sameDay, THIRD, FOURTH));
        for (int copy = 2; copy <= 4; copy++) {
            try (ColdFile file = old.create(partition, 1, copy)) {
                file.write(FIRST);
                file.write(again);
                file.finish();
            }
        }
        adoption().run();
        Eraser.of(fixture.hot).erase(List.of(FIRST));
        fixture.hot.put(flight("2024-02-01T06:00:00Z", 2, "BER", 2));
        TieredQuery<Row> flights = TieredQuery.builder(Flights.TABLE)
                .hot(fixture.hot)
                .cold(fixture.cold)
                .build();
        Query query = ArchiveFixture.EVERYTHING.where(Filter.eq("origin", "SFO"));
        List<Row> expected =
                order == Order.OLDEST_FIRST ? List.of(sameDay, THIRD, FOURTH) : List.of(FOURTH, THIRD, sameDay);
        Query ordered = order == Order.OLDEST_FIRST ? query : query.newestFirst();
        for (int limit = 1; limit <= 4; limit++) {
            assertThat(flights.list(ordered.limit(limit)))
                    .isEqualTo(expected.subList(0, Math.min(limit, expected.size())));
        }
        assertThat(flights.list(ordered)).isEqualTo(expected);
        assertThat(flights.count(ordered)).isEqualTo(3);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void rows_in_a_partition_of_another_day_are_refused() {
        MemoryColdStore berlin = new MemoryColdStore(
                "cold:berlin",
                Flights.TABLE,
                HivePartitionLayout.daily(ZoneId.of("Europe/Berlin"))
                        .thenBy("origin")
                        .withoutVersion());
        ColdRows.write(berlin, 1, List.of(FIRST, flight("2024-02-01T23:30:00Z", 9, "SFO", 9)));
        MemoryColdStore mistaken = fixture.cold.adopting(berlin);
        assertThatThrownBy(() -> fixture.adoption(StepHook.NONE, mistaken).run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("taking over the archive of table 'flights', window [2024-02-02T00:00:00Z,"
                        + " 2024-02-03T00:00:00Z): cold:flights doesn't give its readers all rows: the partition"
                        + " year=2024/month=02/day=02/origin=SFO has 1 rows, and 0 of them are read. Rows without a"
                        + " time, or of another time than their partition's in Z, are never found by it. Correct the"
                        + " layout's zone or the encodings of the columns, or the files. Nothing of the window was taken"
                        + " over");
    }

    @Test
    void an_archive_that_was_begun_without_it_is_refused() {
        fixture.hot.put(THIRD);
        fixture.archiver().build().run();
        ColdRows.write(old, 1, List.of(FIRST));
        assertThatThrownBy(() -> adoption().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("taking over the archive of table 'flights': the journal has the watermark"
                        + " 2024-03-04T00:00:00Z and nothing of the window [2024-02-01T00:00:00Z,"
                        + " 2024-02-02T00:00:00Z). The archive was begun without these rows, or all of them were erased"
                        + " since. To take them over use another journal, and start with Adoption.of(…)");
    }

    @Test
    void a_store_that_takes_nothing_over_and_an_archive_without_rows_are_refused() {
        assertThatThrownBy(() -> fixture.adoption(StepHook.NONE, fixture.cold).run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("cold:flights takes over no archive; build it so that it does");
        assertThatThrownBy(() -> adoption().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("taking over the archive of table 'flights': cold:flights finds no row of it; look whether"
                        + " its partitions are registered");
        assertThat(fixture.watermark()).isNull();
        assertThat(TieredQuery.builder(Flights.TABLE)
                        .hot(fixture.hot)
                        .cold(cold)
                        .build()
                        .list(ArchiveFixture.EVERYTHING))
                .isEmpty();
    }
}
