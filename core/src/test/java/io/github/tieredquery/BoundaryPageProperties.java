package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemorySource;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pages over a rolling boundary and an archive that somebody else fills, while the boundary rolls on. */
class BoundaryPageProperties {

    private static final Instant START = Instant.parse("2024-02-26T00:00:00Z");
    private static final int DAYS = 40;

    @Test
    void pages_reach_from_the_first_year_to_the_last() {
        List<Row> rows = List.of(
                flight("0001-01-01T00:00:00Z", 1, "SFO", 1),
                flight("0001-01-01T00:00:00.000001Z", 2, "SFO", 1),
                flight("1500-02-28T00:00:00Z", 3, "SFO", 1),
                flight("2024-02-28T00:00:00Z", 4, "SFO", 1),
                flight("9999-12-31T23:59:59.999998Z", 5, "SFO", 1),
                flight("9999-12-31T23:59:59.999999Z", 6, "SFO", 1));
        MemoryColdStore cold = new MemoryColdStore(
                "cold:flights",
                Flights.TABLE,
                HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion());
        ColdRows.write(cold, 0, rows);
        TieredQuery<Row> flights = TieredQuery.builder(Flights.TABLE).cold(cold).build();
        Query always = Query.between(Instant.MIN, Instant.MAX);
        for (Query query : List.of(always, always.newestFirst())) {
            List<Row> seen = new ArrayList<>();
            @Nullable String token = null;
            do {
                Page<Row> page = flights.page(query, 1, token);
                seen.addAll(page.rows());
                token = page.nextToken();
            } while (token != null);
            assertThat(seen).isEqualTo(flights.list(query)).hasSize(6);
        }
    }

    @Property(tries = 200)
    void pages_put_together_are_the_whole_while_the_boundary_rolls(@ForAll long seed) {
        Random random = new Random(seed);
        MemoryColdStore cold = new MemoryColdStore(
                "cold:flights",
                Flights.TABLE,
                HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion());
        Set<Row> all = new TreeSet<>(Flights.TABLE.rowOrder(Flights.TABLE.rowType()));
        for (int i = random.nextInt(120); i > 0; i--) {
            Instant time = START.plus(Duration.ofHours(6L * random.nextInt(4 * DAYS)));
            all.add(flight(time, random.nextInt(4), random.nextInt(3) == 0 ? "BER" : "SFO", random.nextInt(4)));
        }
        // The job has archived what will be archived while pages are read, and has deleted nothing yet.
        ColdRows.write(cold, 0, all);
        TestClock reading = new TestClock(START.plus(Duration.ofDays(DAYS - 5)));
        TieredQuery<Row> flights = TieredQuery.builder(Flights.TABLE)
                .hot(new MemorySource("list:hot", Flights.TABLE, List.copyOf(all)))
                .cold(cold)
                .boundary(Boundary.daysAgo(2, ZoneOffset.UTC).overlapDays(random.nextInt(3)))
                .clock(reading)
                .pagesPerScan(1 + random.nextInt(5))
                .build();
        Query query = Query.between(START, START.plus(Duration.ofDays(DAYS + 9)));
        query = random.nextBoolean() ? query.newestFirst() : query;
        query = random.nextBoolean() ? query.where(Filter.eq("origin", "BER")) : query;
        List<Row> expected = flights.list(query);
        Query asked = query;
        assertThat(expected).hasSize((int)
                all.stream().filter(row -> asked.filter().matches(row)).count());
        List<Row> seen = new ArrayList<>();
        @Nullable String token = null;
        do {
            Page<Row> page = flights.page(query, 1 + random.nextInt(9), token);
            seen.addAll(page.rows());
            token = page.nextToken();
            if (random.nextInt(10) == 0) {
                reading.advance(Duration.ofHours(random.nextInt(30)));
            }
            if (random.nextInt(10) == 0) {
                cold.forgetResults();
            }
        } while (token != null);
        assertThat(seen).isEqualTo(expected);
        assertThat(cold.openCursors()).isZero();
    }
}
