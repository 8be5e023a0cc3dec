package io.github.tieredquery.archive;

import io.github.tieredquery.TieredQuery;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores, a clock and archivers over them that keep two days and wait for nothing. */
final class ArchiveFixture {

    static final Query EVERYTHING =
            Query.between(Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2100-01-01T00:00:00Z"));

    final TestClock clock;
    final MemoryHotStore hot;
    final MemoryColdStore cold;
    final List<String> steps = new ArrayList<>();

    ArchiveFixture(String now, HivePartitionLayout layout) {
        clock = new TestClock(Instant.parse(now));
        hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        cold = new MemoryColdStore("cold:flights", Flights.TABLE, layout);
    }

    ArchiverBuilder archiver() {
        return archiver(steps::add);
    }

    ArchiverBuilder archiver(StepHook hook) {
        return archiver(hook, cold);
    }

    ArchiverBuilder archiver(StepHook hook, MemoryColdStore store) {
        return new ArchiverBuilder(hot.client(hook), store.client(hook))
                .keep(Period.ofDays(2))
                .clock(clock)
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO);
    }

    Adoption adoption(StepHook hook, MemoryColdStore store) {
        return Adoption.of(hot.client(hook), store.client(hook)).settle(Duration.ZERO);
    }

    /** All rows as a reader sees them. */
    List<Row> read() {
        return TieredQuery.builder(Flights.TABLE).hot(hot).cold(cold).build().list(EVERYTHING);
    }

    @Nullable
    Instant watermark() {
        return hot.journal().orElseThrow().state().watermark();
    }

    int leftOpen() {
        return hot.openCursors() + hot.openSnapshots() + cold.openCursors() + cold.openFiles();
    }
}
