package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
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
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Counts against brute force: archives of random layouts and zones, with late rows that change, add and hide, and with
 * erased rows, before and after a sweep.
 */
class CountProperties {

    private static final String[] ORIGINS = {"SFO", "BER", "OSL"};
    private static final int DAYS = 9;

    private final Random random = new Random();
    private final Map<Row, Row> all = new TreeMap<>(Flights.TABLE.rowOrder(Flights.TABLE.rowType()));
    /** The times of rows that were written or erased since they were archived, and not swept. */
    private final List<Instant> late = new ArrayList<>();

    private Instant start = Instant.EPOCH;
    private ZoneId zone = ZoneOffset.UTC;
    private long archivedTo;

    /** The clocks of the second and third place go back in these days, of the third across midnight. */
    private static final String[][] PLACES = {
        {"UTC", "2024-02-26"}, {"Europe/Berlin", "2024-10-24"}, {"America/St_Johns", "2010-11-04"}
    };

    @Property(tries = 400)
    void counts_are_exact_whatever_is_late(@ForAll long seed) {
        random.setSeed(seed);
        all.clear();
        late.clear();
        String[] place = PLACES[random.nextInt(PLACES.length)];
        zone = ZoneId.of(place[0]);
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
        for (int i = random.nextInt(40); i > 0; i--) {
            put(hot, flight(time(), random.nextInt(3), origin(), random.nextInt(4)));
        }
        Archiver archiver = Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .settle(Duration.ZERO)
                .build();
        archiver.run();
        for (int i = random.nextInt(4); i > 0; i--) {
            disturb(hot);
        }
        if (random.nextInt(3) == 0) {
            clock.advance(Duration.ofHours(2));
            archiver.run();
            late.clear();
            for (int i = random.nextInt(2); i > 0; i--) {
                disturb(hot);
            }
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
            long before = cold.queries() + cold.lookUps();
            assertThat(flights.count(query)).as("%s of %s", query, layout).isEqualTo(expected);
            boolean isOfDays = layout.timeColumns().contains("day");
            if (isOfDays
                    && isOfWholeDays(query.range())
                    && layout.filterColumns().containsAll(query.filter().columns())
                    && late.stream().noneMatch(query.range()::contains)) {
                assertThat(cold.queries() + cold.lookUps())
                        .as("whole days without late rows: %s of %s", query, layout)
                        .isEqualTo(before);
            }
        }
        assertThat(hot.openCursors() + hot.openSnapshots() + cold.openCursors()).isZero();
    }

    /** A row is written or erased; below the watermark it is late. */
    private void disturb(MemoryHotStore hot) {
        Row row = flight(time(), random.nextInt(3), origin(), random.nextInt(4));
        if (!all.isEmpty() && random.nextBoolean()) {
            Row old = all.keySet().stream()
                    .skip(random.nextInt(all.size()))
                    .findFirst()
                    .orElseThrow();
            row = flight(at(old), Objects.requireNonNull(old.int64("id")), origin(), random.nextInt(4));
        }
        late.add(at(row));
        if (random.nextInt(3) == 0) {
            Eraser.of(hot).erase(List.of(row));
            all.remove(row);
        } else {
            put(hot, row);
        }
    }

    private boolean isOfWholeDays(TimeRange range) {
        return Stream.of(range.from(), range.to())
                .allMatch(each -> each.equals(
                        LocalDate.ofInstant(each, zone).atStartOfDay(zone).toInstant()));
    }

    private void put(MemoryHotStore hot, Row row) {
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
        return LocalDate.ofInstant(start, zone)
                .plusDays(random.nextInt(DAYS + 1))
                .atStartOfDay(zone)
                .toInstant();
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
