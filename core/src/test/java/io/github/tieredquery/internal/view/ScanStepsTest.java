package io.github.tieredquery.internal.view;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is scanned for a few rows of a long range: an archive of 151 days with 60 rows each. */
class ScanStepsTest {

    private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
    private static final int DAYS = 151;
    private static final int ROWS_A_DAY = 60;
    private static final Query ALL = Query.between(START, START.plus(Duration.ofDays(DAYS + 3)));

    private final TestClock clock = new TestClock(START.plus(Duration.ofDays(DAYS + 1)));
    private final MemoryHotStore hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
    private final MemoryColdStore cold =
            new MemoryColdStore("cold:flights", Flights.TABLE, HivePartitionLayout.daily(ZoneOffset.UTC));
    private final List<SliceReport> reports = new ArrayList<>();
    private final TieredQuery<Row> flights = TieredQuery.builder(Flights.TABLE)
            .hot(hot)
            .cold(cold)
            .clock(clock)
            .listener(reports::add)
            .build();
    private long archiveBytes;

    @BeforeEach
    void archive() {
        for (int i = 0; i < DAYS * ROWS_A_DAY; i++) {
            hot.put(flight(START.plus(Duration.ofMinutes(24L * i + 7)), i, i / ROWS_A_DAY < 30 ? "OLD" : "NEW", i % 7));
        }
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(1))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
        archiveBytes = flights.explain(ALL).bytes();
        assertThat(hot.rows()).isEmpty();
    }

    private long scanned() {
        return reports.stream()
                .mapToLong(report -> Math.max(0, report.stats().bytesScanned()))
                .sum();
    }

    private List<SliceReport> coldReports() {
        return reports.stream().filter(report -> report.tier() == Tier.COLD).toList();
    }

    @Test
    void a_page_of_the_newest_rows_reads_the_newest_day() {
        Page<Row> page = flights.page(ALL.newestFirst(), 50, null);
        assertThat(page.rows())
                .extracting(row -> row.int64("id"))
                .startsWith(DAYS * ROWS_A_DAY - 1L)
                .hasSize(50);
        assertThat(coldReports()).hasSize(1);
        assertThat(scanned()).isPositive().isLessThanOrEqualTo(archiveBytes * 3 / 100);
        reports.clear();
        flights.page(ALL.newestFirst(), 50, page.nextToken());
        assertThat(coldReports()).hasSize(2);
        assertThat(scanned()).isLessThanOrEqualTo(archiveBytes * 8 / 100);
    }

    @Test
    void a_limit_reads_as_few_days_as_hold_so_many_rows() {
        List<Row> all = flights.list(ALL);
        reports.clear();
        assertThat(flights.list(ALL.limit(100))).isEqualTo(all.subList(0, 100));
        assertThat(coldReports())
                .extracting(report -> report.range().toString())
                .containsExactly("[2024-01-01T00:00:00Z, 2024-01-03T00:00:00Z)");
    }

    @Test
    void rows_of_the_oldest_month_alone_are_found_in_four_steps_that_read_nothing_twice() {
        Query query = ALL.where(Filter.eq("origin", "OLD")).newestFirst();
        List<Row> old = flights.list(query);
        reports.clear();
        Page<Row> page = flights.page(query, 50, null);
        assertThat(page.rows()).isEqualTo(old.subList(0, 50));
        assertThat(coldReports()).hasSizeLessThanOrEqualTo(4);
        assertThat(scanned()).isLessThanOrEqualTo(archiveBytes);
        reports.clear();
        assertThat(flights.page(query, 50, page.nextToken()).rows()).isEqualTo(old.subList(50, 100));
        assertThat(scanned()).as("further pages start at the position").isLessThanOrEqualTo(archiveBytes * 7 / 100);
    }

    @Test
    void a_search_in_vain_reads_every_day_once() {
        for (Query query : List.of(ALL, ALL.newestFirst())) {
            reports.clear();
            assertThat(flights.page(query.where(Filter.eq("delay", 99)), 50, null))
                    .isEqualTo(new Page<>(List.of(), null));
            assertThat(coldReports()).hasSizeLessThanOrEqualTo(4);
            assertThat(scanned()).isEqualTo(archiveBytes);
        }
    }

    @Test
    void without_manifests_the_window_widens_by_days() {
        MemoryColdStore unversioned = new MemoryColdStore(
                "cold:flights",
                Flights.TABLE,
                HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion());
        ColdRows.write(unversioned, 0, flights.list(ALL));
        TieredQuery<Row> foreign = TieredQuery.builder(Flights.TABLE)
                .cold(unversioned)
                .clock(clock)
                .listener(reports::add)
                .build();
        List<Row> newest = flights.list(ALL.newestFirst());
        Query archived = Query.between(START, START.plus(Duration.ofDays(DAYS))).newestFirst();
        reports.clear();
        assertThat(foreign.page(archived, 50, null).rows()).isEqualTo(newest.subList(0, 50));
        assertThat(scanned()).isPositive().isLessThanOrEqualTo(archiveBytes * 3 / 100);
        Query rare = archived.where(Filter.eq("origin", "OLD"));
        for (Query query : List.of(rare, rare.oldestFirst(), rare.where(Filter.eq("delay", 99)))) {
            List<Row> expected = flights.list(query);
            reports.clear();
            assertThat(foreign.list(query.limit(50))).isEqualTo(expected.subList(0, Math.min(50, expected.size())));
            assertThat(coldReports()).as("days 1, 8, 64 and the rest").hasSizeLessThanOrEqualTo(4);
            assertThat(scanned()).isLessThanOrEqualTo(archiveBytes);
        }
        reports.clear();
        Query always = Query.between(Instant.MIN, Instant.MAX).where(Filter.eq("delay", 99));
        assertThat(foreign.list(always.limit(1))).isEmpty();
        assertThat(foreign.list(always.newestFirst().limit(1))).isEmpty();
        assertThat(coldReports()).as("for ten thousand years").hasSizeLessThanOrEqualTo(18);
    }

    @Test
    void late_rows_come_in_their_place() {
        Row late = flight(START.plus(Duration.ofDays(40)), 999_999, "OLD", 3);
        hot.put(late);
        Page<Row> page = flights.page(ALL.newestFirst().where(Filter.eq("origin", "OLD")), 5, null);
        assertThat(page.rows()).startsWith(late).hasSize(5);
    }
}
