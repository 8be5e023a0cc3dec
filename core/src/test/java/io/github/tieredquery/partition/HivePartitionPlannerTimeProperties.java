package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.RowType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The time part of predicates against the partitions of single instants. */
class HivePartitionPlannerTimeProperties {

    record Case(HivePartitionLayout layout, TimeRange range, Instant probe) {}

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
    void a_short_range_needs_exactly_the_partitions_of_its_instants(@ForAll("shortRanges") Case any) {
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, any.layout);
        Set<HivePartition> inside = partitions(any.layout, any.range);
        Set<HivePartition> around = partitions(
                any.layout,
                new TimeRange(
                        any.range.from().minus(Duration.ofDays(2)),
                        any.range.to().plus(Duration.ofDays(2))));
        Filter predicate = planner.predicate(any.range, Filter.all());

        assertThat(around).containsAll(inside);
        for (HivePartition partition : around) {
            assertThat(matches(predicate, partition))
                    .as("%s in %s", partition, predicate)
                    .isEqualTo(inside.contains(partition));
            assertThat(planner.mayContain(partition, any.range, Filter.all())).isEqualTo(inside.contains(partition));
        }
        assertThat(planner.partitions(any.range, Filter.all(), 10_000)).containsExactlyElementsOf(inside);
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
    void a_long_range_needs_a_partition_at_its_ends_exactly_if_it_has_an_instant_of_it(@ForAll("longRanges") Case any) {
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, any.layout);
        HivePartition partition = any.layout.partitionOf(Fixtures.flight(any.probe));
        Filter predicate = planner.predicate(any.range, Filter.all());
        TimeRange near = new TimeRange(any.probe.minus(Duration.ofDays(33)), any.probe.plus(Duration.ofDays(33)));
        Instant from = later(near.from(), any.range.from());
        Instant to = earlier(near.to(), any.range.to());
        boolean needed = from.isBefore(to) && has(any.layout, new TimeRange(from, to), partition);

        assertThat(matches(predicate, partition))
                .as("%s in %s", partition, predicate)
                .isEqualTo(needed);
        assertThat(planner.mayContain(partition, any.range, Filter.all())).isEqualTo(needed);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void a_partition_is_covered_exactly_if_no_instant_of_it_lies_outside(@ForAll("shortRanges") Case any) {
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, any.layout);
        HivePartition partition = any.layout.partitionOf(Fixtures.flight(any.probe));
        TimeRange before = new TimeRange(any.probe.minus(Duration.ofDays(34)), any.range.from());
        TimeRange after = new TimeRange(any.range.to(), any.probe.plus(Duration.ofDays(34)));

        assertThat(planner.coveredBy(partition, any.range))
                .as("%s of %s in %s", partition, planner.timeRange(partition), any.range)
                .isEqualTo(!has(any.layout, before, partition) && !has(any.layout, after, partition));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void the_time_range_of_a_partition_starts_and_ends_with_its_own_instants(@ForAll("shortRanges") Case any) {
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, any.layout);
        HivePartition partition = any.layout.partitionOf(Fixtures.flight(any.probe));
        TimeRange range = planner.timeRange(partition);

        assertThat(range.contains(any.probe)).isTrue();
        assertThat(any.layout.partitionOf(Fixtures.flight(range.from()))).isEqualTo(partition);
        assertThat(any.layout.partitionOf(Fixtures.flight(range.to().minusNanos(1000))))
                .isEqualTo(partition);
        assertThat(any.layout.partitionOf(Fixtures.flight(range.from().minusNanos(1000))))
                .isNotEqualTo(partition);
        assertThat(any.layout.partitionOf(Fixtures.flight(range.to()))).isNotEqualTo(partition);
        assertThat(planner.coveredBy(partition, range)).isTrue();
        assertThat(planner.coveredBy(partition, range.since(range.from().plusNanos(1000))))
                .isFalse();
        assertThat(planner.coveredBy(partition, range.before(range.to().minusNanos(1000))))
                .isFalse();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void the_size_is_bounded_by_the_depth_of_the_layout(@ForAll("longRanges") Case any) {
        Filter predicate = HivePartitionPlanner.of(Fixtures.FLIGHTS, any.layout).predicate(any.range, Filter.all());
        int depth = any.layout.timeColumns().size();
        assertThat(size(predicate)).as(predicate.toString()).isLessThanOrEqualTo(4 * depth - 2);
    }

    private static int size(Filter filter) {
        if (filter instanceof Filter.And and) {
            return and.filters().stream()
                    .mapToInt(HivePartitionPlannerTimeProperties::size)
                    .sum();
        } else if (filter instanceof Filter.Or or) {
            return or.filters().stream()
                    .mapToInt(HivePartitionPlannerTimeProperties::size)
                    .sum();
        }
        return 1;
    }

    private static boolean matches(Filter predicate, HivePartition partition) {
        RowType type = RowType.of(partition.columns().stream()
                .map(column -> new Column(column, ColumnType.STRING, true))
                .toList());
        return predicate.matches(type.row(partition.values().toArray()));
    }

    private static Set<HivePartition> partitions(HivePartitionLayout layout, TimeRange range) {
        Set<HivePartition> partitions = new TreeSet<>();
        moments(layout, range).forEach(moment -> partitions.add(layout.partitionOf(Fixtures.flight(moment))));
        return partitions;
    }

    private static boolean has(HivePartitionLayout layout, TimeRange range, HivePartition partition) {
        return moments(layout, range).stream()
                .anyMatch(moment -> layout.partitionOf(Fixtures.flight(moment)).equals(partition));
    }

    /** Instants of a range that leave no partition out: both ends, each change of clocks, and a step between. */
    private static List<Instant> moments(HivePartitionLayout layout, TimeRange range) {
        List<Instant> moments = new ArrayList<>();
        if (range.isEmpty()) {
            return moments;
        }
        moments.add(range.from());
        moments.add(range.to().minusNanos(1000));
        Instant cursor = range.from();
        var change = layout.zone().getRules().nextTransition(cursor);
        while (change != null && change.getInstant().isBefore(range.to())) {
            moments.add(change.getInstant());
            moments.add(change.getInstant().minusNanos(1000));
            // The first and the last local hours next to a change may be cut short.
            for (int minutes = 0; minutes < 60; minutes++) {
                for (int sign = -1; sign <= 1; sign += 2) {
                    Instant moment = change.getInstant().plusSeconds(60L * sign * minutes + 20);
                    if (range.contains(moment)) {
                        moments.add(moment);
                    }
                }
            }
            cursor = change.getInstant();
            change = layout.zone().getRules().nextTransition(cursor);
        }
        for (Instant at = range.from(); at.isBefore(range.to()); at = at.plus(Duration.ofMinutes(29))) {
            moments.add(at);
        }
        return moments;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    @Provide
    Arbitrary<Case> shortRanges() {
        return Fixtures.layouts()
                .flatMap(layout -> Combinators.combine(
                                Fixtures.instants(layout.zone(), 1),
                                Arbitraries.oneOf(
                                        Arbitraries.longs().between(0, 4 * 3600),
                                        Arbitraries.longs().between(0, 5 * 86_400)),
                                Arbitraries.longs().between(-86_400, 5 * 86_400))
                        .as((from, seconds, probe) -> new Case(
                                layout, new TimeRange(from, from.plusSeconds(seconds)), from.plusSeconds(probe))));
    }

    @Provide
    Arbitrary<Case> longRanges() {
        return Fixtures.layouts()
                .flatMap(layout -> Combinators.combine(
                                Fixtures.instants(layout.zone(), 2),
                                Fixtures.instants(layout.zone(), 2),
                                Arbitraries.of(true, false),
                                Arbitraries.oneOf(
                                        Arbitraries.longs().between(-3 * 3600, 3 * 3600),
                                        Arbitraries.longs().between(-3 * 86_400, 3 * 86_400),
                                        Arbitraries.longs().between(-40 * 86_400, 40 * 86_400)))
                        .as((a, b, atStart, offset) -> {
                            TimeRange range = new TimeRange(earlier(a, b), later(a, b));
                            return new Case(layout, range, (atStart ? range.from() : range.to()).plusSeconds(offset));
                        }));
    }
}
