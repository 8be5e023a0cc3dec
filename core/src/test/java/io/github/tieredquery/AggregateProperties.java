package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.MemorySource;
import io.github.tieredquery.testkit.PlainGroups;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Aggregations against the plainest of all, over archives with late rows and over overlaps. */
class AggregateProperties {

    /** In Berlin clocks go forward on the last of March; the archive's part holds that day. */
    private static final Instant START = Instant.parse("2024-03-26T00:00:00Z");

    private static final int DAYS = 9;
    private static final @Nullable String[] ORIGINS = {"SFO", "BER", "OSL", "\ue000", "\ud83d\ude00"};

    private final Random random = new Random();
    private final Map<Row, Row> all = new TreeMap<>(Flights.TABLE.rowOrder(Flights.TABLE.rowType()));

    @Property(tries = 400)
    void aggregates_are_exact_whatever_is_late_or_erased(@ForAll long seed) {
        random.setSeed(seed);
        all.clear();
        TestClock clock = new TestClock(START.plus(Duration.ofDays(DAYS)));
        MemoryHotStore hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        MemoryColdStore cold = new MemoryColdStore(
                "cold:flights",
                Flights.TABLE,
                HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
        for (int i = random.nextInt(60); i > 0; i--) {
            hot.put(put(random(time())));
        }
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(3))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
        for (int i = random.nextInt(20) == 0 ? 1_200 : random.nextInt(5); i > 0; i--) {
            Row late = random(time());
            if (!all.isEmpty() && random.nextBoolean()) {
                Row old = all.keySet().stream()
                        .skip(random.nextInt(all.size()))
                        .findFirst()
                        .orElseThrow();
                late = flight(at(old), Objects.requireNonNull(old.int64("id")), origin(), delay());
            }
            hot.put(put(late));
        }
        if (!all.isEmpty() && random.nextBoolean()) {
            List<Row> erased =
                    all.keySet().stream().filter(row -> random.nextInt(5) == 0).toList();
            Eraser.of(hot).erase(erased);
            erased.forEach(all::remove);
            if (!erased.isEmpty() && random.nextBoolean()) {
                hot.put(put(erased.get(0)));
            }
        }
        check(TieredQuery.builder(Flights.TABLE).hot(hot).cold(cold).clock(clock));
        assertThat(hot.openCursors() + hot.openSnapshots() + cold.openCursors()).isZero();
    }

    @Property(tries = 200)
    void aggregates_are_exact_over_an_overlap(@ForAll long seed) {
        random.setSeed(seed);
        all.clear();
        Instant now = START.plus(Duration.ofDays(DAYS));
        int overlapDays = random.nextInt(3);
        Instant coldBelow = now.minus(Duration.ofDays(2));
        Instant hotFrom = coldBelow.minus(Duration.ofDays(overlapDays));
        List<Row> coldRows = new ArrayList<>();
        List<Row> hotRows = new ArrayList<>();
        int most = random.nextInt(10) == 0 ? 2_000 : 60;
        for (int i = random.nextInt(most); i > 0; i--) {
            Row row = random(time());
            if (at(row).isBefore(coldBelow) && !all.containsKey(row)) {
                coldRows.add(put(row));
            }
        }
        Map<Row, Row> hotByKey = new TreeMap<>(Flights.TABLE.rowOrder(Flights.TABLE.rowType()));
        for (int i = random.nextInt(most); i > 0; i--) {
            Row row = random(time());
            if (!at(row).isBefore(hotFrom) && hotByKey.putIfAbsent(row, row) == null) {
                hotRows.add(put(row));
            }
        }
        check(TieredQuery.builder(Flights.TABLE)
                .hot(new MemorySource("list:hot", Flights.TABLE, hotRows))
                .cold(new MemorySource("list:cold", Flights.TABLE, coldRows))
                .boundary(Boundary.daysAgo(2, ZoneOffset.UTC).overlapDays(overlapDays))
                .clock(InstantSource.fixed(now)));
    }

    private void check(TieredQueryBuilder builder) {
        TieredQuery<Row> flights = builder.build().restrictedTo(Filter.ne("origin", "OSL"));
        for (int i = 0; i < 5; i++) {
            Query query = query();
            Aggregation aggregation = aggregation();
            List<Row> rows = all.values().stream()
                    .filter(row -> query.range().contains(at(row)))
                    .filter(row -> query.filter().matches(row) && !"OSL".equals(row.string("origin")))
                    .toList();
            assertThat(PlainGroups.values(flights.aggregate(query, aggregation)))
                    .as("%s", query)
                    .isEqualTo(new PlainGroups(Flights.TABLE, aggregation).of(rows));
        }
    }

    private Aggregation aggregation() {
        Aggregation groups = random.nextBoolean()
                ? Aggregation.overall()
                : random.nextBoolean() ? Aggregation.by("origin") : Aggregation.by("delay", "origin");
        ZoneId zone = ZoneId.of(random.nextBoolean() ? "Europe/Berlin" : "-03:30");
        groups = switch (random.nextInt(3)) {
            case 0 -> groups.perDay(zone);
            case 1 -> groups.perMonth(zone);
            default -> groups;
        };
        groups = random.nextBoolean() ? groups.count() : groups.avg("delay").sum("delay");
        groups = random.nextBoolean() ? groups.min("delay").max("departed_at") : groups;
        groups = random.nextBoolean() ? groups.countOf("delay").avg("id") : groups;
        return random.nextBoolean() ? groups.max("origin") : groups;
    }

    private Query query() {
        Instant a = random.nextBoolean() ? START.minus(Duration.ofDays(1)) : time();
        Instant b = random.nextBoolean() ? START.plus(Duration.ofDays(30)) : time();
        Query query = a.isBefore(b) ? Query.between(a, b) : Query.between(b, a);
        query = random.nextInt(3) == 0 ? query.where(Filter.ge("delay", 1)) : query;
        query = random.nextInt(4) == 0 ? query.newestFirst().columns("origin") : query;
        return random.nextInt(4) == 0 ? query.where(Filter.eq("origin", "SFO")) : query;
    }

    private Row put(Row row) {
        all.remove(row);
        all.put(row, row);
        return row;
    }

    private Row random(Instant time) {
        return flight(time, random.nextInt(4), origin(), delay());
    }

    private @Nullable Integer delay() {
        int delay = random.nextInt(6);
        return delay == 5 ? null : delay == 4 ? Integer.valueOf(Integer.MAX_VALUE) : Integer.valueOf(delay);
    }

    private String origin() {
        return Objects.requireNonNull(ORIGINS[random.nextInt(ORIGINS.length)]);
    }

    private Instant time() {
        return START.plusSeconds(random.nextInt(86_400 * DAYS) / 1800 * 1800L);
    }

    private static Instant at(Row row) {
        return (Instant) Objects.requireNonNull(row.value(0));
    }
}
