package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Pages against brute force, while rows are archived, changed, added, erased and swept between two of them. */
class PageProperties {

    private static final Instant START = Instant.parse("2024-02-26T00:00:00Z");
    private static final int DAYS = 8;
    private static final String[] ORIGINS = {"SFO", "BER", "OSL"};
    private static final Comparator<Row> OLDEST_FIRST = Flights.TABLE.rowOrder(Flights.TABLE.rowType());

    private final Random random = new Random();
    private final TestClock clock = new TestClock(START);
    private final MemoryHotStore hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
    private final MemoryColdStore cold = new MemoryColdStore(
            "cold:flights",
            Flights.TABLE,
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
    private final Map<Row, Row> model = new TreeMap<>(OLDEST_FIRST);
    private final List<String> steps = new ArrayList<>();
    private int swept;

    @Property(tries = 400)
    void pages_put_together_are_the_whole_whatever_moves_meanwhile(@ForAll long seed) {
        random.setSeed(seed);
        clock.advance(Duration.ofDays(2 + random.nextInt(DAYS)));
        for (int i = random.nextInt(40); i > 0; i--) {
            put(randomRow());
        }
        archive();
        TieredQueryBuilder builder = TieredQuery.builder(Flights.TABLE)
                .hot(hot)
                .cold(cold.client(steps::add))
                .clock(clock);
        builder.pagesPerScan(1 + random.nextInt(4));
        if (random.nextBoolean()) {
            builder.tokenKeys(new byte[16]);
        }
        TieredQuery<Row> flights = builder.build().restrictedTo(Filter.ne("origin", "OSL"));
        Query query = randomQuery();
        boolean still = random.nextInt(3) == 0;
        List<Row> all = still ? following(query, null) : List.of();
        List<Row> seen = new ArrayList<>();
        @Nullable String token = null;
        @Nullable Row last = null;
        do {
            int size = 1 + random.nextInt(7);
            Page<Row> page = flights.page(query, size, token);
            List<Row> following = following(query, last);
            assertThat(page.rows())
                    .as("%s after %s", query, last)
                    .isEqualTo(following.stream().limit(size).toList());
            if (page.nextToken() == null) {
                assertThat(following).as("the last page").hasSizeLessThanOrEqualTo(size);
            } else {
                assertThat(page.rows()).as("a page that isn't the last").hasSize(size);
                assertThat(page.nextToken()).hasSizeLessThan(300).matches("[A-Za-z0-9_-]+");
            }
            seen.addAll(page.rows());
            last = page.rows().isEmpty() ? last : page.rows().get(page.rows().size() - 1);
            token = page.nextToken();
            if (still) {
                archive();
                clock.advance(Duration.ofDays(random.nextInt(2)));
            } else {
                happen();
            }
        } while (token != null);
        if (still) {
            assertThat(seen).isEqualTo(all);
        }
        covers("rows were swept between two pages", swept > 0);
        covers("a page went on in a result", steps.contains("cold.resume"));
        assertThat(hot.openCursors() + hot.openSnapshots() + cold.openCursors()).isZero();
    }

    private static void covers(String what, boolean happened) {
        Statistics.label(what)
                .collect(happened)
                .coverage(coverage -> coverage.check(true).percentage(share -> share >= 5));
    }

    private void happen() {
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 5 -> {
                    if (!model.isEmpty()) {
                        Row erased = any();
                        Eraser.of(hot).erase(List.of(erased));
                        model.remove(erased);
                    }
                }
                case 4 -> cold.forgetResults();
                case 0 -> put(randomRow());
                case 1 -> {
                    if (!model.isEmpty()) {
                        Row old = any();
                        put(flight(at(old), id(old), ORIGINS[random.nextInt(3)], random.nextInt(4)));
                    }
                }
                case 2 -> clock.advance(Duration.ofHours(random.nextInt(40)));
                default -> archive();
            }
        }
    }

    private Row any() {
        return model.keySet().stream()
                .skip(random.nextInt(model.size()))
                .findFirst()
                .orElseThrow();
    }

    /** Late and erased rows of windows that were archived before are swept, too. */
    private void archive() {
        swept += Archiver.builder(hot, cold)
                .keep(Period.ofDays(1))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run()
                .sweeps()
                .size();
    }

    private void put(Row row) {
        hot.put(row);
        model.remove(row);
        model.put(row, row);
    }

    private List<Row> following(Query query, @Nullable Row last) {
        Comparator<Row> order = query.order() == Order.OLDEST_FIRST ? OLDEST_FIRST : OLDEST_FIRST.reversed();
        return model.values().stream()
                .filter(row -> query.range().contains(at(row)))
                .filter(row -> query.filter().matches(row) && !"OSL".equals(row.string("origin")))
                .filter(row -> last == null || order.compare(last, row) < 0)
                .sorted(order)
                .toList();
    }

    private Query randomQuery() {
        Instant a = random.nextBoolean() ? START : randomTime();
        Instant b = random.nextBoolean() ? START.plus(Duration.ofDays(30)) : randomTime();
        Query query = a.isBefore(b) ? Query.between(a, b) : Query.between(b, a);
        query = random.nextBoolean() ? query.newestFirst() : query;
        query = random.nextInt(3) == 0 ? query.where(Filter.ge("delay", 1)) : query;
        return random.nextInt(4) == 0 ? query.where(Filter.eq("origin", "SFO")) : query;
    }

    private Row randomRow() {
        return flight(randomTime(), random.nextInt(4), ORIGINS[random.nextInt(3)], random.nextInt(4));
    }

    /** Twelve instants a day, so that times are often equal. */
    private Instant randomTime() {
        return START.plus(Duration.ofHours(2L * random.nextInt(12 * DAYS)));
    }

    private static Instant at(Row row) {
        return Objects.requireNonNull(row.timestamp("departed_at"));
    }

    private static long id(Row row) {
        return Objects.requireNonNull(row.int64("id"));
    }
}
