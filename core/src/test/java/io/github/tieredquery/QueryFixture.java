package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;

import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** One flight a day at noon, from the 1st to the 8th of March 2024; the first four days are archived. */
public final class QueryFixture {

    public static final Query ALL =
            Query.between(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-04-01T00:00:00Z"));

    public final TestClock clock = new TestClock(Instant.parse("2024-03-07T08:00:00Z"));
    public final MemoryHotStore hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
    public final MemoryColdStore cold = new MemoryColdStore(
            "cold:flights",
            Flights.TABLE,
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
    public final List<Row> rows = new ArrayList<>();
    /** What the stores were asked through {@link #flights}. */
    public final List<String> steps = new ArrayList<>();

    public QueryFixture() {
        for (int day = 1; day <= 8; day++) {
            rows.add(flight("2024-03-0" + day + "T12:00:00Z", day, day % 2 == 0 ? "SFO" : "BER", day));
        }
        hot.put(rows);
        archive();
    }

    public void archive() {
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
    }

    /** A later version of an archived row. */
    public Row late(int day, int delay) {
        Row row = flight("2024-03-0" + day + "T12:00:00Z", day, day % 2 == 0 ? "SFO" : "BER", delay);
        hot.put(row);
        rows.set(day - 1, row);
        return row;
    }

    public TieredQueryBuilder flights() {
        return flights(steps::add);
    }

    public TieredQueryBuilder flights(StepHook hook) {
        return TieredQuery.builder(Flights.TABLE)
                .hot(hot.client(hook))
                .cold(cold.client(hook))
                .clock(clock);
    }

    List<Row> newestFirst() {
        List<Row> reversed = new ArrayList<>(rows);
        java.util.Collections.reverse(reversed);
        return reversed;
    }

    public int leftOpen() {
        return hot.openCursors() + hot.openSnapshots() + cold.openCursors();
    }
}
