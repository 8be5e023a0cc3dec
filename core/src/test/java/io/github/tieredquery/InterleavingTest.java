package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The archiver commits windows, and rows are changed, between any two rows that a reader takes.
 * {@code io.github.tieredquery.simulation} comes between the steps of both as well.
 */
class InterleavingTest {

    private static final int SCHEDULES = 2_000;

    @Test
    void each_row_comes_once_whenever_windows_are_committed_between_two_rows() {
        long moved = 0;
        for (int seed = 0; seed < SCHEDULES; seed++) {
            moved += run(new Random(seed), "schedule " + seed);
        }
        assertThat(moved).as("days that were archived while somebody read").isGreaterThan(SCHEDULES);
    }

    private static int run(Random random, String schedule) {
        QueryFixture fixture = new QueryFixture();
        TieredQueryBuilder builder = fixture.flights();
        Query query = random.nextBoolean() ? QueryFixture.ALL : QueryFixture.ALL.newestFirst();
        query = random.nextInt(3) == 0 ? query.limit(1 + random.nextInt(8)) : query;
        int before = fixture.hot.rows().size();
        List<Long> ids = new ArrayList<>();
        try (Stream<Row> stream =
                (random.nextBoolean() ? builder : builder.executor(Runnable::run)).build().stream(query)) {
            Iterator<Row> rows = stream.iterator();
            while (rows.hasNext()) {
                ids.add(rows.next().int64("id"));
                if (random.nextInt(3) == 0) {
                    fixture.clock.advance(Duration.ofDays(random.nextInt(3)));
                    fixture.archive();
                }
                if (random.nextInt(4) == 0) {
                    int day = 1 + random.nextInt(8);
                    fixture.hot.put(flight("2024-03-0" + day + "T12:00:00Z", day, "OSL", random.nextInt(9)));
                }
            }
        }
        assertThat(ids)
                .as(schedule)
                .isEqualTo((query.order() == Order.OLDEST_FIRST ? fixture.rows : fixture.newestFirst())
                        .stream()
                                .limit(query.limit().orElse(Long.MAX_VALUE))
                                .map(row -> row.int64("id"))
                                .toList());
        assertThat(fixture.leftOpen()).as(schedule).isZero();
        return Math.max(0, before - fixture.hot.rows().size());
    }
}
