package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Pruning by filters against {@link Filter#matches} on rows, NULLs and negations included. */
class FilterPruningProperties {

    private static final Instant NOON = Instant.parse("2024-02-29T12:00:00Z");
    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-02-29T00:00:00Z"), Instant.parse("2024-03-01T00:00:00Z"));

    /** U+FF5A sorts after U+1D518 by UTF-16 unit and before it by code point. */
    private static final List<String> STRINGS = List.of("A", "AB", "B", "a/b", "5", "\uff5a", "\ud835\udd18", "%2F");

    private static final List<Integer> INTS = List.of(-10, -9, 0, 5, 10, 9);
    private static final List<Boolean> BOOLEANS = List.of(false, true);
    private static final List<LocalDate> DATES =
            List.of(LocalDate.of(1, 1, 1), LocalDate.of(2024, 1, 9), LocalDate.of(2024, 10, 1));

    private static final HivePartitionLayout BY_ALL =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin", "gate", "miles", "late", "booked_on");
    private static final HivePartitionPlanner PLANNER = HivePartitionPlanner.of(Fixtures.FLIGHTS, BY_ALL);

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void no_partition_of_a_matching_row_is_left_out(@ForAll("filters") Filter filter, @ForAll("rows") Row row) {
        HivePartition partition = PLANNER.layout().partitionOf(row);
        if (filter.matches(row)) {
            assertThat(PLANNER.mayContain(partition, DAY, filter))
                    .as("%s of %s", PLANNER.predicate(DAY, filter), filter)
                    .isTrue();
        }
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void an_exact_filter_tells_of_each_partition_whether_its_rows_match(
            @ForAll("filters") Filter filter, @ForAll("rows") Row row) {
        HivePartition partition = PLANNER.layout().partitionOf(row);
        if (PLANNER.isExact(filter)) {
            assertThat(PLANNER.mayContain(partition, DAY, filter))
                    .as("%s of %s", PLANNER.predicate(DAY, filter), filter)
                    .isEqualTo(filter.matches(row));
        }
    }

    @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE)
    void conditions_on_text_ordered_partition_columns_are_exact(@ForAll("partitionFilters") Filter filter) {
        assertThat(PLANNER.isExact(filter)).isTrue();
    }

    @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
    void a_list_holds_exactly_the_partitions_that_may_match(@ForAll("filters") Filter filter) {
        HivePartitionLayout layout = HivePartitionLayout.monthly(ZoneOffset.UTC).thenBy("origin", "late");
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, layout);
        TimeRange range = new TimeRange(Instant.parse("2023-12-31T23:00:00Z"), NOON);
        List<String> origins = new ArrayList<>(STRINGS);
        origins.add(null);
        List<Boolean> lates = new ArrayList<>(BOOLEANS);
        lates.add(null);
        TreeSet<HivePartition> expected = new TreeSet<>();
        for (String month : List.of("2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01")) {
            for (String origin : origins) {
                for (Boolean late : lates) {
                    HivePartition partition = planner.layout()
                            .partitionOf(Fixtures.flight(
                                    Instant.parse(month + "T00:00:00Z"), origin, null, null, late, null, null));
                    if (planner.mayContain(partition, range, filter)) {
                        expected.add(partition);
                    }
                }
            }
        }
        if (planner.isEnumerable(filter)) {
            assertThat(planner.partitions(range, filter, 1_000)).containsExactlyElementsOf(expected);
        } else {
            assertThatThrownBy(() -> planner.partitions(range, filter, 1_000)).isInstanceOf(BadQueryException.class);
        }
    }

    @Provide
    Arbitrary<Row> rows() {
        return Combinators.combine(
                        Arbitraries.of(STRINGS).injectNull(0.2),
                        Arbitraries.of(INTS).injectNull(0.2),
                        Arbitraries.of(INTS).map(Integer::longValue).injectNull(0.2),
                        Arbitraries.of(BOOLEANS).injectNull(0.2),
                        Arbitraries.of(DATES).injectNull(0.2),
                        Arbitraries.of(INTS).injectNull(0.2))
                .as((origin, gate, miles, late, booked, delay) ->
                        Fixtures.flight(NOON, origin, gate, miles, late, booked, delay));
    }

    @Provide
    Arbitrary<Filter> filters() {
        return combined(Arbitraries.oneOf(
                comparisons("origin", STRINGS, Filter.Operator.values()),
                comparisons("gate", INTS, Filter.Operator.values()),
                comparisons("miles", INTS, Filter.Operator.values()),
                comparisons("late", BOOLEANS, Filter.Operator.values()),
                comparisons("booked_on", DATES, Filter.Operator.values()),
                comparisons("delay", INTS, Filter.Operator.values()),
                Arbitraries.of(STRINGS)
                        .map(text -> Filter.prefix("origin", text.substring(0, text.offsetByCodePoints(0, 1)))),
                Arbitraries.of(Filter.all(), Filter.none())));
    }

    @Provide
    Arbitrary<Filter> partitionFilters() {
        return combined(Arbitraries.oneOf(
                comparisons("origin", STRINGS, Filter.Operator.values()),
                comparisons("gate", INTS, Filter.Operator.EQ, Filter.Operator.NE),
                comparisons("miles", INTS, Filter.Operator.EQ, Filter.Operator.NE),
                comparisons("late", BOOLEANS, Filter.Operator.values()),
                comparisons("booked_on", DATES, Filter.Operator.values()),
                Arbitraries.of(STRINGS).map(text -> Filter.prefix("origin", text))));
    }

    private static Arbitrary<Filter> comparisons(String column, List<?> values, Filter.Operator... operators) {
        return Arbitraries.frequencyOf(
                Tuple.of(
                        4,
                        Combinators.combine(Arbitraries.of(operators), Arbitraries.of(values))
                                .as((operator, value) -> new Filter.Comparison(column, operator, value))),
                Tuple.of(
                        2,
                        Arbitraries.of(values).list().ofMinSize(1).ofMaxSize(3).map(list -> Filter.in(column, list))),
                Tuple.of(1, Arbitraries.just(Filter.isNull(column))));
    }

    private static Arbitrary<Filter> combined(Arbitrary<Filter> single) {
        Arbitrary<Filter> bound = single.map(filter -> filter.boundTo(Fixtures.FLIGHTS));
        return Arbitraries.recursive(
                () -> bound,
                inner -> Arbitraries.frequencyOf(
                        Tuple.of(2, bound),
                        Tuple.of(2, inner.list().ofMinSize(2).ofMaxSize(3).map(Filter::and)),
                        Tuple.of(2, inner.list().ofMinSize(2).ofMaxSize(3).map(Filter::or)),
                        Tuple.of(3, inner.map(Filter::not))),
                0,
                4);
    }
}
