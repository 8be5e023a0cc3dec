package io.github.tieredquery.athena;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryListener;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryHotStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;

/** Flights in memory of which some are archived in a local Athena. */
final class FlightArchives implements AutoCloseable {

    final Athenas athena = Athenas.local();
    final InstantSource clock;
    final MemoryHotStore hot;
    final AthenaSource cold;

    FlightArchives(Instant now) {
        clock = InstantSource.fixed(now);
        hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        cold = AthenaSource.archive(athena.aws(), Flights.TABLE)
                .table(athena.database(), "flights")
                .location(athena.location("flights"))
                .results(AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"))
                .createTableIfMissing()
                .build();
    }

    /** Archives what is older than two days. */
    void archive() {
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
    }

    TieredQueryBuilder query(QueryListener listener) {
        return TieredQuery.builder(Flights.TABLE)
                .hot(hot)
                .cold(cold)
                .clock(clock)
                .listener(listener);
    }

    /** How many executions were started since the start. */
    long executions() {
        return athena.theLocalOne().counters().athena("StartQueryExecution");
    }

    @Override
    public void close() {
        cold.close();
        athena.close();
    }
}
