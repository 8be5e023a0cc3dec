package io.github.tieredquery.internal.view;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionCheckTest {

    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-03-02T00:00:00Z"));

    private final MemoryColdStore cold =
            new MemoryColdStore("cold:flights", Flights.TABLE, HivePartitionLayout.daily(ZoneOffset.UTC));
    private final TestClock clock = new TestClock(Instant.parse("2024-03-06T08:00:00Z"));
    private final PartitionCheck check = new PartitionCheck(Flights.TABLE, null, cold, clock, Duration.ofMinutes(10));

    @Test
    void versions_that_no_query_has_asked_for_lately_are_forgotten() {
        BoundQuery everything = BoundQuery.of(Flights.TABLE, Query.between(DAY.from(), DAY.to()), Filter.all());
        for (int version = 1; version <= 100; version++) {
            clock.advance(Duration.ofMinutes(6));
            check.check(
                    ColdRows.write(cold, version, List.of(flight("2024-03-01T06:00:00Z", version, "SFO", 1))),
                    DAY,
                    everything,
                    ScanControl.unlimited());
        }
        assertThat(cold.lookUps()).isEqualTo(100);
        assertThat(check.remembered()).isEqualTo(2);
    }
}
