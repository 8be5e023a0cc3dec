package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Rows that lie in another partition than their time's. */
class OthersPartitionsProperties {

    record Row(HivePartitionLayout layout, Instant time, Duration late, Duration early, long drift) {}

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void a_row_is_found_in_each_partition_that_it_may_lie_in_and_no_other_is_asked_for(@ForAll("rows") Row row) {
        HivePartitionLayout layout = row.layout.rowsLateBy(row.late).rowsEarlyBy(row.early);
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, layout);
        Instant sorted = row.time.plusSeconds(row.drift);
        HivePartition partition = layout.checkedAgainst(Fixtures.FLIGHTS).partitionOf(Fixtures.flight(sorted));
        TimeRange moment = new TimeRange(row.time, row.time.plus(1, ChronoUnit.MICROS));
        boolean declared = row.drift <= row.late.toSeconds() && -row.drift <= row.early.toSeconds();

        if (declared) {
            assertThat(planner.mayContain(partition, moment, Filter.all())).isTrue();
            assertThat(planner.coveredBy(partition, moment)).isFalse();
        }
        HivePartitionPlanner plain = HivePartitionPlanner.of(Fixtures.FLIGHTS, row.layout);
        TimeRange around =
                new TimeRange(row.time.minus(row.early), row.time.plus(row.late).plus(1, ChronoUnit.MICROS));
        assertThat(planner.mayContain(partition, moment, Filter.all()))
                .isEqualTo(plain.mayContain(partition, around, Filter.all()));
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void a_row_is_found_by_the_time_that_is_read_of_it(
            @ForAll("rows") Row row, @ForAll("units") Duration unit, @ForAll("offsets") long micros) {
        HivePartitionLayout layout = row.layout.checkedAgainst(Fixtures.FLIGHTS);
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, layout);
        Instant time = row.time.plus(micros, ChronoUnit.MICROS);
        HivePartition partition = layout.partitionOf(Fixtures.flight(time));
        long unitMicros = unit.toNanos() / 1_000;
        long exact = ChronoUnit.MICROS.between(Instant.EPOCH, time);
        for (boolean rounded : new boolean[] {true, false}) {
            long read = Math.floorDiv(exact + (rounded ? unitMicros / 2 : 0), unitMicros) * unitMicros;
            Instant seen = Instant.EPOCH.plus(read, ChronoUnit.MICROS);
            TimeRange moment = new TimeRange(seen, seen.plus(1, ChronoUnit.MICROS));
            HivePartitionPlanner kept = rounded ? planner.timesRoundedTo(unit) : planner.timesCutTo(unit);
            assertThat(kept.mayContain(partition, moment, Filter.all()))
                    .as("%s, read as %s, in %s", time, seen, partition)
                    .isTrue();
        }
    }

    @Provide
    Arbitrary<Row> rows() {
        Arbitrary<Duration> drifts =
                Arbitraries.of(0L, 60L, 900L, 7_200L, 90_000L).map(Duration::ofSeconds);
        return Fixtures.layouts()
                .flatMap(layout -> Combinators.combine(
                                Fixtures.instants(layout.zone(), 2),
                                drifts,
                                drifts,
                                Arbitraries.longs().between(-100_000, 100_000))
                        .as((time, late, early, drift) -> new Row(layout, time, late, early, drift)));
    }

    @Provide
    Arbitrary<Duration> units() {
        return Arbitraries.of(
                Duration.ofNanos(1_000),
                Duration.ofMillis(1),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                Duration.ofDays(1));
    }

    @Provide
    Arbitrary<Long> offsets() {
        return Arbitraries.oneOf(
                Arbitraries.of(-1L, -300L, -500L, -501L, 0L, 1L, 499L, 500L),
                Arbitraries.longs().between(-90_000_000_000L, 90_000_000_000L));
    }
}
