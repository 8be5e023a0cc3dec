package io.github.tieredquery.internal.view;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.error.RefusedByPolicyException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** What queries with a limit scan, against what their plans have said: archives of random layouts and days. */
class ScanStepsProperties {

    private static final Instant START = Instant.parse("2024-03-20T00:00:00Z");
    private static final int DAYS = 40;

    private final Random random = new Random();
    private final List<SliceReport> reports = new ArrayList<>();

    private long scanned() {
        return reports.stream()
                .mapToLong(report -> Math.max(0, report.stats().bytesScanned()))
                .sum();
    }

    @Property(tries = 300)
    void no_more_is_scanned_than_the_plan_says(@ForAll long seed) {
        random.setSeed(seed);
        TieredQueryBuilder builder = archive();
        TieredQuery<Row> flights = builder.build();
        for (int i = 0; i < 5; i++) {
            Query query = query();
            List<Row> all = flights.list(query);
            Query limited = query.limit(1 + random.nextInt(60));
            QueryPlan plan = flights.explain(limited);
            reports.clear();
            assertThat(flights.list(limited))
                    .isEqualTo(all.stream().limit(limited.limit().orElseThrow()).toList());
            assertThat(scanned()).as("%s: %s", limited, plan).isLessThanOrEqualTo(plan.bytes());
            assertThat(plan.bytes()).isLessThanOrEqualTo(flights.explain(query).bytes());
        }
    }

    @Property(tries = 200)
    void pages_stay_within_the_budget_or_are_refused(@ForAll long seed) {
        random.setSeed(seed);
        TieredQueryBuilder builder = archive();
        Query query = query();
        List<Row> all = builder.build().list(query);
        long budget = random.nextInt(4_000);
        TieredQuery<Row> thrifty =
                builder.policy(QueryPolicy.unlimited().scanBytes(budget)).build();
        List<Row> seen = new ArrayList<>();
        @Nullable String token = null;
        try {
            do {
                reports.clear();
                Page<Row> page = thrifty.page(query, 1 + random.nextInt(9), token);
                assertThat(scanned()).as("%s", query).isLessThanOrEqualTo(budget);
                seen.addAll(page.rows());
                token = page.nextToken();
            } while (token != null);
            assertThat(seen).isEqualTo(all);
        } catch (RefusedByPolicyException e) {
            assertThat(reports).as("nothing was started").isEmpty();
            assertThat(e).hasMessageContaining("the policy allows " + budget + " bytes");
        }
    }

    private TieredQueryBuilder archive() {
        TestClock clock = new TestClock(START.plus(Duration.ofDays(DAYS)));
        MemoryHotStore hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        ZoneId zone = random.nextBoolean() ? ZoneOffset.UTC : ZoneId.of("Europe/Berlin");
        HivePartitionLayout layout =
                random.nextInt(3) == 0 ? HivePartitionLayout.monthly(zone) : HivePartitionLayout.daily(zone);
        MemoryColdStore cold = new MemoryColdStore(
                "cold:flights", Flights.TABLE, random.nextBoolean() ? layout : layout.thenBy("origin"));
        int id = 0;
        for (int day = 0; day < DAYS; day++) {
            for (int i = random.nextInt(3) == 0 ? 0 : random.nextInt(25); i > 0; i--) {
                Instant at = START.plus(Duration.ofHours(24L * day + random.nextInt(24)));
                hot.put(flight(at, id++, random.nextBoolean() ? "SFO" : "BER", random.nextInt(9)));
            }
        }
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(1 + random.nextInt(4)))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
        return TieredQuery.builder(Flights.TABLE)
                .hot(hot)
                .cold(cold)
                .clock(clock)
                .pagesPerScan(1 + random.nextInt(3))
                .listener(reports::add);
    }

    private Query query() {
        Instant a = random.nextBoolean() ? START : time();
        Instant b = random.nextBoolean() ? START.plus(Duration.ofDays(DAYS)) : time();
        Query query = a.isBefore(b) ? Query.between(a, b) : Query.between(b, a);
        query = random.nextBoolean() ? query.newestFirst() : query;
        query = random.nextInt(3) == 0 ? query.where(Filter.eq("origin", "SFO")) : query;
        return random.nextInt(4) == 0 ? query.where(Filter.eq("delay", 3)) : query;
    }

    private Instant time() {
        return START.plus(Duration.ofMinutes(random.nextInt(1_440 * DAYS)));
    }
}
