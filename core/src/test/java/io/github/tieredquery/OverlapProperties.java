package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemorySource;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Queries over an archive that somebody else's job fills, against a brute-force answer. */
class OverlapProperties {

    private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2024-03-08T10:00:00Z");
    private static final Instant COLD_BELOW = Instant.parse("2024-03-06T00:00:00Z");

    private static Row row(int place, int delay) {
        return flight(START.plusSeconds(place * 21_600L), place % 2, "SFO", (place + delay) % 10);
    }

    private static List<Row> rows(Set<Integer> places, int delay) {
        return places.stream().map(place -> row(place, delay)).toList();
    }

    @Property(tries = 500)
    void two_tiers_with_an_overlap_answer_as_one(
            @ForAll @Size(max = 30) Set<@IntRange(max = 31) Integer> hot,
            @ForAll @Size(max = 30) Set<@IntRange(max = 31) Integer> cold,
            @ForAll @IntRange(max = 3) int overlapDays,
            @ForAll @IntRange(max = 33) int a,
            @ForAll @IntRange(max = 33) int b,
            @ForAll @IntRange(max = 12) int limit,
            @ForAll Order order,
            @ForAll boolean early) {
        Instant hotFrom = COLD_BELOW.minusSeconds(86_400L * overlapDays);
        List<Row> hotRows = rows(hot, 0);
        List<Row> coldRows = rows(cold, 3);
        Query query = Query.between(
                        START.plusSeconds(Math.min(a, b) * 21_600L), START.plusSeconds(Math.max(a, b) * 21_600L))
                .where(Filter.lt("delay", 6))
                .columns("delay", "id");
        query = order == Order.OLDEST_FIRST ? query : query.newestFirst();
        query = limit == 0 ? query : query.limit(limit);
        Comparator<Row> oldestFirst = Flights.TABLE.rowOrder(Flights.TABLE.rowType());
        TreeSet<Row> union = new TreeSet<>(order == Order.OLDEST_FIRST ? oldestFirst : oldestFirst.reversed());
        hotRows.stream().filter(row -> !at(row).isBefore(hotFrom)).forEach(union::add);
        coldRows.stream().filter(row -> at(row).isBefore(COLD_BELOW)).forEach(union::add);
        Query asked = query;
        List<List<Object>> expected = union.stream()
                .filter(row -> asked.range().contains(at(row)))
                .filter(row -> asked.filter().matches(row))
                .limit(asked.limit().orElse(Long.MAX_VALUE))
                .map(row -> List.<Object>of(Objects.requireNonNull(row.value(3)), Objects.requireNonNull(row.value(1))))
                .toList();
        TieredQueryBuilder builder = TieredQuery.builder(Flights.TABLE)
                .hot(new MemorySource("list:hot", Flights.TABLE, hotRows))
                .cold(new MemorySource("list:cold", Flights.TABLE, coldRows))
                .boundary(Boundary.daysAgo(2, ZoneOffset.UTC).overlapDays(overlapDays))
                .clock(InstantSource.fixed(NOW));
        Executor direct = Runnable::run;
        TieredQuery<Row> flights = (early ? builder.executor(direct) : builder).build();
        assertThat(flights.list(query))
                .extracting(row ->
                        List.<Object>of(Objects.requireNonNull(row.value(0)), Objects.requireNonNull(row.value(1))))
                .isEqualTo(expected);
        assertThat(flights.count(query)).isEqualTo(expected.size());
    }

    private static Instant at(Row row) {
        return (Instant) Objects.requireNonNull(row.value(0));
    }
}
