package io.github.tieredquery.testkit;

import static io.github.tieredquery.testkit.ContractRows.AGES;
import static io.github.tieredquery.testkit.ContractRows.CLOCKS;
import static io.github.tieredquery.testkit.ContractRows.HOSTILE;
import static io.github.tieredquery.testkit.ContractRows.LARGE;
import static io.github.tieredquery.testkit.ContractRows.NAMES;
import static io.github.tieredquery.testkit.ContractRows.ORDERED;
import static io.github.tieredquery.testkit.ContractRows.READINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.Groups;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every source has to give: the rows that were put in, the ones that match, in order, as {@link Filter#matches}
 * and {@link Table#rowOrder} say. Extend it and implement the two abstract methods. One instance serves all tests of a
 * class, so that each table is filled once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SourceContract {

    /** What the zone of the JVM, a session or a server could change. */
    public static final String TIMES = "times";

    private static final TimeRange ALL =
            new TimeRange(Instant.parse("-0005-01-01T00:00:00Z"), Instant.parse("+12000-01-01T00:00:00Z"));

    private final Map<Table, Source> sources = new ConcurrentHashMap<>();
    private final Map<Table, List<Row>> rows = new ConcurrentHashMap<>();

    /**
     * A source over a new physical table that holds exactly these rows. Called more than once for the same table; each
     * source sees its own rows only.
     *
     * @param table the table
     * @param rows its rows, in no order
     * @return the source; the contract closes it
     */
    protected abstract Source sourceWith(Table table, List<Row> rows);

    /**
     * How many queries the backend has been given since the start, in any unit that grows with each of them
     * (statements, connections, executions).
     *
     * @return the number
     */
    protected abstract long queriesStarted();

    /**
     * What the backend cannot hold. Rows with such values are left out, and {@link #sourceWith} has to fail on them
     * with the column's name.
     *
     * @return nothing by default
     */
    protected Set<Awkward> cannotHold() {
        return EnumSet.noneOf(Awkward.class);
    }

    /**
     * How many conditions are put together by chance. A backend that takes long for each query may ask for fewer.
     *
     * @return 100 by default
     */
    protected int randomFilters() {
        return 100;
    }

    /**
     * How a sum that is too large fails.
     *
     * @return a {@link BadQueryException} by default; another where the backend's driver keeps the reason to itself
     */
    protected Class<? extends TieredQueryException> overflow() {
        return BadQueryException.class;
    }

    @AfterAll
    void close_sources() {
        sources.values().forEach(Source::close);
    }

    @Tag(TIMES)
    @ParameterizedTest
    @MethodSource("tables")
    void rows_come_back_as_they_were_put_in_oldest_first(Table table) {
        assertAnswers(Scan.of(table, ALL));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void newest_first_is_the_exact_reverse(Table table) {
        assertAnswers(Scan.of(table, ALL).order(Order.NEWEST_FIRST));
    }

    @Test
    void values_that_cannot_be_held_are_refused_by_name() {
        for (Awkward awkward : cannotHold()) {
            Row row = ContractRows.readingWith(awkward.column(), awkward.value());
            assertThatThrownBy(() -> sourceWith(READINGS, List.of(row)).close())
                    .as(awkward.name())
                    .hasMessageContaining(awkward.column());
        }
    }

    @ParameterizedTest
    @MethodSource("columns")
    void every_condition_on_a_column_selects_what_it_says(Column column) {
        assertEachSelects(ContractFilters.on(column).stream().map(SourceContract::readings));
    }

    @Test
    void conditions_put_together_keep_to_three_valued_logic() {
        assertEachAnswers(ContractFilters.random(randomFilters()).stream().map(SourceContract::readings));
    }

    @Test
    void conditions_that_hold_always_or_never_are_taken() {
        assertAnswers(Scan.of(READINGS, ALL).filter(Filter.all()));
        assertAnswers(Scan.of(READINGS, ALL).filter(Filter.none()));
    }

    @Test
    void hostile_text_in_a_condition_is_only_text() {
        assertEachSelects(HOSTILE.stream()
                .flatMap(text -> Stream.of(
                        readings(Filter.eq("label", text)),
                        readings(Filter.prefix("label", text)),
                        readings(Filter.and(Filter.ne("label", text), Filter.lt("label", text))),
                        names(Filter.eq("name", text)))));
        assertSelects(readings(Filter.in("label", HOSTILE)));
        assertSelects(readings(Filter.not(Filter.in("label", HOSTILE))));
    }

    @Test
    void text_of_100_kb_in_a_condition_is_compared_in_full() {
        String held = "x".repeat(100_000);
        for (String text : List.of(held, held + "y", held.substring(1))) {
            assertSelects(readings(Filter.eq("label", text)));
            assertSelects(readings(Filter.le("label", text)));
            assertSelects(readings(Filter.prefix("label", text)));
        }
    }

    @Test
    void text_is_compared_to_the_letter_and_by_code_point() {
        // The other operators are these ones' opposites and unions, and are asked of each column.
        List<Filter.Operator> operators = List.of(Filter.Operator.EQ, Filter.Operator.LT, Filter.Operator.GT);
        assertEachSelects(ORDERED.stream()
                .flatMap(text -> operators.stream()
                        .flatMap(operator -> Stream.of(
                                readings(new Filter.Comparison("label", operator, text)),
                                names(new Filter.Comparison("name", operator, text))))));
        assertEachSelects(ORDERED.stream().map(text -> names(Filter.prefix("name", text))));
    }

    @Test
    void a_list_of_many_values_is_taken() {
        List<Object> values = new ArrayList<>(HOSTILE);
        for (int i = 0; i < 5_000; i++) {
            values.add("value " + i);
        }
        assertSelects(readings(Filter.in("label", values)));
        assertSelects(readings(Filter.not(Filter.in("label", values))));
    }

    @Test
    void a_nul_in_a_condition_is_refused_before_any_source_sees_it() {
        assertThatThrownBy(() -> Filter.eq("label", "a\0b").boundTo(READINGS))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("table 'readings', filter on column 'label': STRING cannot hold the character NUL"
                        + " (at index 1)");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 5, 12, 1_000_000})
    void a_limit_gives_the_first_rows_of_the_order(long limit) {
        for (Order order : Order.values()) {
            assertAnswers(Scan.of(READINGS, ALL).order(order).limit(limit));
            assertAnswers(Scan.of(NAMES, ALL).order(order).limit(limit));
            assertAnswers(
                    readings(Filter.not(Filter.isNull("flag"))).order(order).limit(limit));
        }
    }

    @Test
    void columns_come_in_the_order_asked_for_also_without_time_and_key() {
        for (List<String> names : List.of(
                List.of("label"),
                List.of("payload", "at"),
                List.of("seen", "id", "small"),
                List.of("region"),
                List.of("flag"))) {
            for (Order order : Order.values()) {
                assertAnswers(Scan.of(READINGS, ALL).rowType(columns(names)).order(order));
            }
            assertAnswers(
                    readings(Filter.gt("small", 0)).rowType(columns(names)).limit(5));
        }
    }

    @Test
    void a_range_holds_its_start_and_not_its_end() {
        List<Instant> instants = rowsOf(READINGS).stream()
                .map(row -> row.timestamp("at"))
                .distinct()
                .sorted()
                .toList();
        for (Instant from : instants) {
            for (Instant to : instants) {
                if (!to.isBefore(from)) {
                    assertAnswers(Scan.of(READINGS, new TimeRange(from, to)).rowType(columns(List.of("id"))));
                    assertAnswers(Scan.of(READINGS, new TimeRange(from, to.plusNanos(1_000)))
                            .rowType(columns(List.of("id"))));
                }
            }
        }
    }

    @Tag(TIMES)
    @Test
    void times_at_which_clocks_change_are_found_where_they_are() {
        List<Scan> scans = new ArrayList<>();
        for (Instant change : ContractRows.CLOCK_CHANGES) {
            Instant before = change.minus(Duration.ofMinutes(30));
            scans.add(Scan.of(CLOCKS, new TimeRange(change, change.plusNanos(1_000))));
            scans.add(Scan.of(CLOCKS, new TimeRange(before, change)));
            // One in each pass of an hour that is repeated before the change's local or universal time, and one after.
            for (int minutes : List.of(-90, -30, 30)) {
                Instant time = change.plus(Duration.ofMinutes(minutes));
                scans.add(Scan.of(CLOCKS, new TimeRange(time, time.plus(Duration.ofMinutes(40)))));
                for (Filter filter : List.of(
                        Filter.eq("stamped", time),
                        Filter.lt("stamped", time),
                        Filter.le("stamped", time),
                        Filter.gt("stamped", time),
                        Filter.ge("stamped", time))) {
                    scans.add(clocks(filter));
                }
            }
            scans.add(clocks(Filter.ne("stamped", before)));
        }
        scans.add(clocks(Filter.in("stamped", ContractRows.CLOCK_CHANGES)));
        scans.add(clocks(Filter.not(Filter.in("at", ContractRows.CLOCK_CHANGES))));
        assertEachSelects(scans.stream());
    }

    @Tag(TIMES)
    @Test
    void days_on_which_clocks_change_are_grouped_as_others_are() {
        for (String zone : List.of("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")) {
            assertAggregates(
                    Scan.of(CLOCKS, ALL),
                    Aggregation.overall()
                            .perDay(ZoneId.of(zone))
                            .count()
                            .min("stamped")
                            .max("at")
                            .max("due"));
        }
        assertAggregates(Scan.of(CLOCKS, ALL), Aggregation.by("stamped", "due").count());
    }

    @Tag(TIMES)
    @Test
    void the_first_and_the_last_instant_can_be_asked_for() {
        Instant first = Instant.parse("0001-01-01T00:00:00Z");
        Instant last = Instant.parse("9999-12-31T23:59:59.999999Z");
        assertAnswers(Scan.of(AGES, new TimeRange(first, last)));
        assertAnswers(Scan.of(AGES, new TimeRange(first, first.plusNanos(1_000))));
        assertAnswers(Scan.of(AGES, new TimeRange(first.plusNanos(1_000), last.plusNanos(1_000))));
        assertAnswers(Scan.of(AGES, new TimeRange(last, last.plusNanos(1_000))));
        assertAnswers(Scan.of(AGES, new TimeRange(ALL.from(), first)));
        assertAnswers(Scan.of(AGES, new TimeRange(last.plusNanos(1_000), ALL.to())));
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_follow_a_position_are_read_and_counted(Order order) {
        for (Table table : List.of(READINGS, NAMES)) {
            List<Row> all = expected(Scan.of(table, ALL).order(order));
            RowPosition first = RowPosition.of(table, all.get(0));
            RowPosition middle = RowPosition.of(table, all.get(all.size() / 2));
            RowPosition last = RowPosition.of(table, all.get(all.size() - 1));
            RowPosition betweenRows = new RowPosition(middle.time().plusNanos(1_000), middle.key());
            for (RowPosition position : List.of(first, middle, betweenRows, last)) {
                Scan rest = Scan.of(table, ALL).order(order).startAfter(position);
                assertSelects(rest);
                assertSelects(rest.range(position.rest(ALL, order)).limit(3));
                assertThat(source(table).count(rest, ScanControl.unlimited()).rows())
                        .as(shortened(rest))
                        .isEqualTo(expected(rest).size());
            }
        }
        Row some = expected(readings(Filter.ge("small", 1)).order(order)).get(2);
        assertSelects(readings(Filter.ge("small", 1)).order(order).startAfter(RowPosition.of(READINGS, some)));
    }

    @Test
    void an_empty_range_gives_nothing() {
        Instant at = Instant.parse("2024-01-01T00:00:00Z");
        assertAnswers(Scan.of(READINGS, new TimeRange(at, at)));
        assertThat(source(READINGS)
                        .count(Scan.of(READINGS, new TimeRange(at, at)), ScanControl.unlimited())
                        .rows())
                .isZero();
    }

    @Test
    void counting_agrees_with_reading() {
        List<Scan> scans = new ArrayList<>(List.of(Scan.of(READINGS, ALL), Scan.of(NAMES, ALL)));
        scans.add(Scan.of(READINGS, new TimeRange(Instant.parse("2024-01-01T00:00:00Z"), ALL.to())));
        ContractFilters.random(10).forEach(filter -> scans.add(readings(filter)));
        for (Scan scan : scans) {
            for (long limit : new long[] {-1, 0, 3, 1_000_000}) {
                Scan limited = limit < 0 ? scan : scan.limit(limit);
                assertThat(source(scan.table())
                                .count(limited.order(Order.NEWEST_FIRST), ScanControl.unlimited())
                                .rows())
                        .as(shortened(limited))
                        .isEqualTo(expected(limited).size());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("aggregations")
    void aggregating_agrees_with_reading(Aggregation aggregation) {
        assertAggregates(Scan.of(READINGS, ALL), aggregation);
        assertAggregates(readings(Filter.ge("small", 1)), aggregation);
        assertAggregates(readings(Filter.eq("label", "of no row")), aggregation);
        assertAggregates(Scan.of(READINGS, new TimeRange(ALL.from(), ALL.from())), aggregation);
    }

    @Test
    void conditions_and_ranges_decide_what_is_aggregated() {
        Aggregation aggregation = Aggregation.by("region").count().sum("big").max("label");
        ContractFilters.random(10).forEach(filter -> assertAggregates(readings(filter), aggregation));
        TimeRange range =
                new TimeRange(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2024-01-31T23:59:59.999Z"));
        assertAggregates(Scan.of(READINGS, range), aggregation.perDay(ZoneId.of("America/St_Johns")));
    }

    @Test
    void sums_are_of_the_values_that_are_there() {
        Filter moderate = Filter.and(Filter.ge("ratio", -1e6), Filter.le("ratio", 1e6));
        assertAggregates(
                readings(moderate), Aggregation.by("region").sum("ratio").countOf("ratio"));
        BigDecimal billion = new BigDecimal("1e9");
        assertAggregates(
                readings(Filter.between("exact", billion.negate(), billion)),
                Aggregation.by("flag").sum("exact").sum("price").sum("big").sum("id"));
    }

    @Test
    void a_sum_of_more_than_38_digits_is_a_bad_query_and_one_that_fits_in_the_end_is_given() {
        Source source = source(LARGE);
        for (Aggregation aggregation : List.of(
                Aggregation.overall().sum("amount"),
                Aggregation.by("kind").sum("amount").count())) {
            GroupedScan all = GroupedScan.of(Scan.of(LARGE, ALL), aggregation);
            assertThatThrownBy(() -> {
                        Groups groups = new Groups(all);
                        source.aggregate(all, ScanControl.unlimited()).rows().forEach(groups::addGroup);
                        groups.rows();
                    })
                    .isInstanceOf(overflow())
                    .hasMessageEndingWith(
                            overflow() == BadQueryException.class ? "; aggregate fewer rows at a time" : "own words");
        }
        assertAggregates(
                Scan.of(LARGE, ALL).filter(Filter.ne("kind", "b").boundTo(LARGE)),
                Aggregation.by("kind").sum("amount").count());
    }

    @Test
    void texts_are_grouped_to_the_letter() {
        assertAggregates(
                Scan.of(NAMES, ALL), Aggregation.by("name").count().min("note").max("note"));
        assertAggregates(
                Scan.of(NAMES, ALL),
                Aggregation.overall().count().min("name").max("name").sum("seq"));
    }

    @Tag(TIMES)
    @Test
    void the_first_and_the_last_day_are_days() {
        assertAggregates(
                Scan.of(AGES, ALL),
                Aggregation.overall().perDay(ZoneOffset.UTC).count().min("at").max("due"));
        assertAggregates(
                Scan.of(AGES, ALL),
                Aggregation.overall().perMonth(ZoneOffset.UTC).count());
    }

    @Test
    void no_more_groups_than_one_too_many_are_given() {
        Aggregation aggregation = Aggregation.by("id").count().maxGroups(3);
        GroupedScan grouped = GroupedScan.of(Scan.of(READINGS, ALL), aggregation);
        Source source = source(READINGS);
        try {
            assertThat(source.aggregate(grouped, ScanControl.unlimited()).rows())
                    .hasSize(4);
        } catch (BadQueryException e) {
            assertThat(e)
                    .hasMessage("table 'readings': the aggregation has more than 3 groups; group by fewer columns,"
                            + " aggregate fewer rows, or allow more with maxGroups(…)");
        }
    }

    Stream<Aggregation> aggregations() {
        List<Aggregation> all = new ArrayList<>();
        for (String column : List.of("region", "flag", "small", "big", "exact", "price", "label", "due", "seen")) {
            all.add(Aggregation.by(column).count().countOf("label").sum("big"));
        }
        all.add(Aggregation.by("flag", "small", "region").sum("price").sum("small"));
        Aggregation extremes = Aggregation.overall().count();
        for (String column : List.of("at", "id", "region", "small", "big", "ratio", "exact", "price", "label", "due")) {
            extremes = extremes.min(column).max(column).countOf(column);
        }
        all.add(extremes.countOf("payload").countOf("flag").min("seen").max("seen"));
        for (String zone :
                List.of("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati")) {
            // The rows' years are few, but the range to be asked is the longest.
            all.add(Aggregation.overall().perDay(ZoneId.of(zone)).count().sum("price"));
            all.add(Aggregation.by("region").perMonth(ZoneId.of(zone)).count().max("at"));
        }
        return all.stream();
    }

    private void assertAggregates(Scan scan, Aggregation aggregation) {
        Scan shortEnough = aggregation.bucket().isPresent() && !scan.table().equals(AGES)
                ? scan.range(scan.range()
                        .since(Instant.parse("1900-01-01T00:00:00Z"))
                        .before(Instant.parse("2100-01-01T00:00:00Z")))
                : scan;
        GroupedScan grouped = GroupedScan.of(shortEnough, aggregation);
        Groups groups = new Groups(grouped);
        source(scan.table()).aggregate(grouped, ScanControl.unlimited()).rows().forEach(groups::addGroup);
        List<List<@Nullable Object>> actual = PlainGroups.values(groups.rows());
        List<List<@Nullable Object>> expected = new PlainGroups(scan.table(), aggregation)
                .of(expected(shortEnough.rowType(scan.table().rowType())));
        assertThat(PlainGroups.agree(actual, expected))
                .as("%s: %s instead of %s", shortened(shortEnough), few(actual), few(expected))
                .isTrue();
    }

    private static String few(List<List<@Nullable Object>> groups) {
        String text = groups.toString();
        return text.length() > 1_500 ? text.substring(0, 1_500) + "…" : text;
    }

    @Test
    void clustered_rows_stand_together_and_are_ordered_within() {
        for (List<String> cluster : List.of(List.of("region"), List.of("region", "flag"), List.of("label"))) {
            for (Order order : Order.values()) {
                assertClustered(Scan.of(READINGS, ALL).order(order).clusteredBy(cluster));
            }
        }
    }

    @Test
    void a_cursor_that_is_closed_early_leaves_the_source_usable() {
        for (int i = 0; i < 10; i++) {
            RowCursor cursor = source(READINGS).open(Scan.of(READINGS, ALL), ScanControl.unlimited());
            assertThat(cursor.next()).isNotNull();
            cursor.close();
            cursor.close();
        }
        source(READINGS).open(Scan.of(READINGS, ALL), ScanControl.unlimited()).close();
        assertAnswers(Scan.of(READINGS, ALL));
    }

    @Test
    void cursors_read_side_by_side() {
        Scan scan = Scan.of(READINGS, ALL);
        List<RowCursor> cursors = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                cursors.add(source(READINGS).open(scan, ScanControl.unlimited()));
            }
            for (Row expected : expected(scan)) {
                for (RowCursor cursor : cursors) {
                    assertThat(cursor.next()).isEqualTo(expected);
                }
            }
            for (RowCursor cursor : cursors) {
                assertThat(cursor.next()).isNull();
                assertThat(cursor.next()).isNull();
            }
        } finally {
            cursors.forEach(RowCursor::close);
        }
    }

    @Test
    void a_cancelled_query_neither_starts_nor_counts() {
        ScanControl control = ScanControl.unlimited();
        control.cancel();
        assertThatThrownBy(() -> drain(Scan.of(READINGS, ALL), control)).isInstanceOf(QueryCancelledException.class);
        assertThatThrownBy(() -> source(READINGS).count(Scan.of(READINGS, ALL), control))
                .isInstanceOf(QueryCancelledException.class);
    }

    @Test
    void a_query_that_is_cancelled_gives_no_further_row() {
        ScanControl control = ScanControl.unlimited();
        try (RowCursor cursor = source(READINGS).open(Scan.of(READINGS, ALL), control)) {
            assertThat(cursor.next()).isNotNull();
            control.cancel();
            assertThatThrownBy(cursor::next)
                    .isInstanceOf(QueryCancelledException.class)
                    .hasMessageContaining(source(READINGS).name());
        }
        assertAnswers(Scan.of(READINGS, ALL));
    }

    @Test
    void a_query_whose_time_has_passed_neither_starts_nor_counts() {
        AtomicLong nanos = new AtomicLong();
        ScanControl control = ScanControl.within(Duration.ofSeconds(10), nanos::get);
        nanos.set(Duration.ofSeconds(11).toNanos());
        assertThatThrownBy(() -> drain(Scan.of(READINGS, ALL), control)).isInstanceOf(QueryTimedOutException.class);
        assertThatThrownBy(() -> source(READINGS).count(Scan.of(READINGS, ALL), control))
                .isInstanceOf(QueryTimedOutException.class);
    }

    /** Rows that were fetched together may still come; the end may not. */
    @Test
    void a_query_whose_time_passes_while_it_is_read_fails_before_its_end() {
        AtomicLong nanos = new AtomicLong();
        ScanControl control = ScanControl.within(Duration.ofSeconds(10), nanos::get);
        try (RowCursor cursor = source(READINGS).open(Scan.of(READINGS, ALL), control)) {
            assertThat(cursor.next()).isNotNull();
            nanos.set(Duration.ofSeconds(11).toNanos());
            assertThatThrownBy(() -> {
                        while (cursor.next() != null) {
                            // Reads on.
                        }
                    })
                    .isInstanceOf(QueryTimedOutException.class)
                    .hasMessageContaining("the timeout of PT10S passed")
                    .hasMessageContaining(source(READINGS).name());
        }
        assertAnswers(Scan.of(READINGS, ALL));
    }

    @Test
    void a_timeout_that_does_not_pass_changes_nothing() {
        Scan scan = Scan.of(READINGS, ALL);
        assertThat(drain(scan, ScanControl.within(Duration.ofMinutes(10)))).isEqualTo(expected(scan));
    }

    @Test
    void explaining_says_the_statement_without_values_and_runs_nothing() {
        Source source = source(READINGS);
        Scan scan = readings(Filter.eq("label", "unmistakable")).limit(3);
        long before = queriesStarted();
        assertThat(source.explain(scan).statement()).isNotBlank().doesNotContain("unmistakable");
        assertThat(source.explain(scan).residual().columns()).isSubsetOf(Set.of("label"));
        assertThat(queriesStarted()).isEqualTo(before);
        drain(scan, ScanControl.unlimited());
        assertThat(queriesStarted()).as("the measure that this test relies on").isGreaterThan(before);
    }

    @Test
    void a_source_knows_its_table_and_its_name() {
        assertThat(source(READINGS).table()).isEqualTo(READINGS);
        assertThat(source(READINGS).name()).matches("[a-z0-9]+:.+");
    }

    Stream<Table> tables() {
        return Stream.of(READINGS, NAMES, AGES, CLOCKS);
    }

    Stream<Column> columns() {
        return READINGS.rowType().columns().stream();
    }

    private static Scan readings(Filter filter) {
        return Scan.of(READINGS, ALL).filter(filter.boundTo(READINGS));
    }

    private static Scan clocks(Filter filter) {
        return Scan.of(CLOCKS, ALL).filter(filter.boundTo(CLOCKS));
    }

    private static Scan names(Filter filter) {
        return Scan.of(NAMES, ALL).filter(filter.boundTo(NAMES));
    }

    private static RowType columns(List<String> names) {
        return RowType.of(names.stream().map(READINGS::column).toList());
    }

    private Source source(Table table) {
        return sources.computeIfAbsent(table, absent -> sourceWith(absent, rowsOf(absent)));
    }

    private List<Row> rowsOf(Table table) {
        return rows.computeIfAbsent(
                table,
                absent -> ContractRows.of(absent).stream()
                        .filter(row -> cannotHold().stream().noneMatch(awkward -> awkward.isIn(row)))
                        .toList());
    }

    private List<Row> drain(Scan scan, ScanControl control) {
        List<Row> rows = new ArrayList<>();
        try (RowCursor cursor = source(scan.table()).open(scan, control)) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** Some at once, as the callers of a service ask. */
    private void assertEachAnswers(Stream<Scan> scans) {
        scans.toList().parallelStream().forEach(this::assertAnswers);
    }

    private void assertEachSelects(Stream<Scan> scans) {
        scans.toList().parallelStream().forEach(this::assertSelects);
    }

    /** Asks which rows there are, not what is in them. */
    private void assertSelects(Scan scan) {
        assertAnswers(scan.rowType(scan.table().keyType()));
    }

    private void assertAnswers(Scan scan) {
        assertThat(difference(drain(scan, ScanControl.unlimited()), expected(scan)))
                .as(shortened(scan))
                .isEmpty();
    }

    private List<Row> expected(Scan scan) {
        Comparator<Row> order = scan.table().rowOrder(scan.table().rowType());
        String time = scan.table().timeColumn().name();
        return rowsOf(scan.table()).stream()
                .filter(row -> scan.range().contains(Objects.requireNonNull(row.timestamp(time))))
                .filter(row -> scan.condition().matches(row))
                .sorted(scan.order() == Order.OLDEST_FIRST ? order : order.reversed())
                .limit(scan.limit().orElse(Long.MAX_VALUE))
                .map(row -> project(row, scan.rowType()))
                .toList();
    }

    /** Where two lists of rows differ first, in a few words: whole rows are too long to be read. */
    private static String difference(List<Row> actual, List<Row> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            for (String column : expected.get(i).type().names()) {
                Object read = actual.get(i).value(column);
                Object wanted = expected.get(i).value(column);
                if (!Objects.deepEquals(read, wanted)) {
                    return "row " + i + " of " + expected.size() + " has in " + column + " " + shown(read)
                            + " instead of " + shown(wanted);
                }
            }
        }
        if (actual.equals(expected)) {
            return "";
        }
        return actual.size() == expected.size()
                ? "the rows have other columns"
                : actual.size() + " rows instead of " + expected.size();
    }

    private static String shown(@Nullable Object value) {
        String text = value instanceof byte[] bytes ? Arrays.toString(bytes) : "'" + value + "'";
        return value == null ? "NULL" : text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    private static Row project(Row row, RowType type) {
        return type.row(type.names().stream().map(row::value).toArray());
    }

    private void assertClustered(Scan scan) {
        List<Row> read = drain(scan, ScanControl.unlimited());
        Comparator<Row> order = scan.table().rowOrder(scan.rowType());
        Comparator<Row> direction = scan.order() == Order.OLDEST_FIRST ? order : order.reversed();
        assertThat(difference(read.stream().sorted(direction).toList(), expected(scan)))
                .as(shortened(scan))
                .isEmpty();
        Set<List<@Nullable Object>> seen = new HashSet<>();
        for (int i = 0; i < read.size(); i++) {
            List<@Nullable Object> cluster = cluster(read.get(i), scan.clusteredBy());
            if (i > 0 && cluster.equals(cluster(read.get(i - 1), scan.clusteredBy()))) {
                assertThat(direction.compare(read.get(i - 1), read.get(i))).isNegative();
            } else {
                assertThat(seen.add(cluster)).as("a cluster comes once").isTrue();
            }
        }
    }

    private static List<@Nullable Object> cluster(Row row, List<String> columns) {
        return Collections.unmodifiableList(
                Arrays.asList(columns.stream().map(row::value).toArray()));
    }

    private static String shortened(Scan scan) {
        String text = scan.toString();
        return (text.length() > 500 ? text.substring(0, 500) + "…" : text).replace("%", "%%");
    }
}
