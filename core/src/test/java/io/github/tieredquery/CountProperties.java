package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Counts against brute force: archives of random layouts and zones, with late rows that change, add and hide. */
class CountProperties {

    private static final String[] ORIGINS = {"SFO", "BER", "OSL"};
    private static final int DAYS = 9;

    private final Random random = new Random();
    private Instant start = Instant.EPOCH;
    private long archivedTo;

    /** The clocks of the second and third place go back in these days, of the third across midnight. */
    private static final String[][] PLACES = {
        {"UTC", "2024-02-26"}, {"Europe/Berlin", "2024-10-24"}, {"America/St_Johns", "2010-11-04"}
    };

    @Property(tries = 400)
    void counts_are_exact_whatever_is_late(@ForAll long seed) {
        random.setSeed(seed);
        String[] place = PLACES[random.nextInt(PLACES.length)];
        ZoneId zone = ZoneId.of(place[0]);
        LocalDate firstDay = LocalDate.parse(place[1]);
        start = firstDay.atStartOfDay(zone).toInstant();
        archivedTo = ChronoUnit.SECONDS.between(
                start, firstDay.plusDays(DAYS - 2).atStartOfDay(zone).toInstant());
        TestClock clock =
                new TestClock(firstDay.plusDays(DAYS).atStartOfDay(zone).toInstant());
        HivePartitionLayout layout = random.nextBoolean()
                ? HivePartitionLayout.daily(zone)
                : random.nextBoolean() ? HivePartitionLayout.monthly(zone) : HivePartitionLayout.hourly(zone);
        layout = random.nextBoolean() ? layout : layout.thenBy("origin");
        MemoryHotStore hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        MemoryColdStore cold = new MemoryColdStore("cold:flights", Flights.TABLE, layout);
        Map<Row, Row> all = new TreeMap<>(Flights.TABLE.rowOrder(Flights.TABLE.rowType()));
        for (int i = random.nextInt(40); i > 0; i--) {
            put(hot, all, flight(time(), random.nextInt(3), origin(), random.nextInt(4)));
        }
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
        for (int i = random.nextInt(4); i > 0; i--) {
            Row late = flight(time(), random.nextInt(3), origin(), random.nextInt(4));
            if (!all.isEmpty() && random.nextBoolean()) {
                Row old = all.keySet().stream()
                        .skip(random.nextInt(all.size()))
                        .findFirst()
                        .orElseThrow();
                late = flight(at(old), Objects.requireNonNull(old.int64("id")), origin(), random.nextInt(4));
            }
            put(hot, all, late);
        }
        TieredQuery<Row> flights = TieredQuery.builder(Flights.TABLE)
                .hot(hot)
                .cold(cold)
                .clock(clock)
                .build();
        for (int i = 0; i < 6; i++) {
            Query query = query();
            long expected = all.values().stream()
                    .filter(row ->
                            query.range().contains(at(row)) && query.filter().matches(row))
                    .limit(query.limit().orElse(Long.MAX_VALUE))
                    .count();
            assertThat(flights.count(query)).as("%s of %s", query, layout).isEqualTo(expected);
        }
        assertThat(hot.openCursors() + hot.openSnapshots() + cold.openCursors()).isZero();
    }

    private static void put(MemoryHotStore hot, Map<Row, Row> all, Row row) {
        hot.put(row);
        all.remove(row);
        all.put(row, row);
    }

    private Query query() {
        Instant a = random.nextBoolean() ? midnight() : time();
        Instant b = random.nextBoolean() ? midnight() : time();
        Query query = a.isBefore(b) ? Query.between(a, b) : Query.between(b, a);
        query = random.nextInt(3) == 0 ? query.where(Filter.eq("origin", origin())) : query;
        query = random.nextInt(4) == 0 ? query.where(Filter.ne("origin", origin())) : query;
        query = random.nextInt(5) == 0 ? query.where(Filter.ge("delay", 2)) : query;
        return random.nextInt(4) == 0 ? query.limit(random.nextInt(20)) : query;
    }

    private Instant midnight() {
        return start.plusSeconds(86_400L * random.nextInt(DAYS + 1));
    }

    /** Mostly in the archive's part, often in the same instant as another row. */
    private Instant time() {
        long seconds = random.nextInt(5) == 0 ? 86_400L * DAYS : archivedTo;
        return start.plusSeconds(random.nextLong(seconds) / 1800 * 1800);
    }

    private String origin() {
        return ORIGINS[random.nextInt(ORIGINS.length)];
    }

    private static Instant at(Row row) {
        return (Instant) Objects.requireNonNull(row.value(0));
    }
}
