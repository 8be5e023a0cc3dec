package io.github.tieredquery.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.QueryFixture;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.RefusedByPolicyException;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemorySource;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class QueryPolicyTest {

    private static final Query ALL = QueryFixture.ALL;
    private static final String RANGE = "flights [2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z)";

    private final QueryFixture fixture = new QueryFixture();

    private TieredQuery<Row> flights(QueryPolicy policy) {
        return fixture.flights().policy(policy).build();
    }

    private void assertRefused(ThrowingCallable call, String message) {
        long queries = fixture.cold.queries();
        fixture.steps.clear();
        assertThatThrownBy(call).isInstanceOf(RefusedByPolicyException.class).hasMessage(message);
        assertThat(fixture.steps).doesNotContain("cold.open", "cold.count", "cold.unregistered");
        assertThat(fixture.cold.queries()).isEqualTo(queries);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_query_beyond_the_byte_budget_is_refused_before_anything_is_started() {
        TieredQuery<Row> flights = flights(QueryPolicy.unlimited().scanBytes(251));
        String message = " oldest first: it would scan 252 bytes, 4 of 4 partitions of cold:flights, and the policy"
                + " allows 251 bytes. Ask for a shorter range, or for values of the partition column 'origin'.";
        assertRefused(() -> flights.stream(ALL), RANGE + message);
        assertRefused(() -> flights.list(ALL), RANGE + message);
        assertRefused(() -> flights.count(ALL.where(Filter.gt("delay", 1))), RANGE + " where delay > 1" + message);
        assertThat(flights(QueryPolicy.unlimited().scanBytes(252)).list(ALL)).hasSize(8);
    }

    @Test
    void a_query_beyond_the_budget_in_money_is_refused() {
        TieredQuery<Row> flights = flights(QueryPolicy.unlimited().scanCost(new BigDecimal("0.12")));
        assertRefused(
                () -> flights.stream(ALL.where(Filter.eq("origin", "SFO")).newestFirst()),
                RANGE + " where origin = 'SFO' newest first: it would cost 0.126 USD to scan 126 bytes, 2 of 4"
                        + " partitions of cold:flights, and the policy allows 0.12 USD. Ask for a shorter range.");
        assertThat(flights(QueryPolicy.unlimited().scanCost(new BigDecimal("0.2520")))
                        .list(ALL))
                .hasSize(8);
    }

    @Test
    void a_page_is_priced_by_the_partitions_that_certainly_fill_it() {
        TieredQuery<Row> flights = flights(QueryPolicy.unlimited().scanBytes(63));
        Query archived = Query.between(ALL.range().from(), Instant.parse("2024-03-05T00:00:00Z"))
                .newestFirst();
        assertThat(flights.explain(archived.limit(1)).slices())
                .extracting(slice -> slice.range().toString())
                .containsExactly("[2024-03-04T00:00:00Z, 2024-03-05T00:00:00Z)");
        assertThat(flights.list(archived.limit(1))).containsExactly(fixture.rows.get(3));
        assertThat(flights.explain(archived.limit(2)).isRefused()).isTrue();
        assertThat(flights.explain(archived.where(Filter.gt("delay", 0)).limit(1))
                        .bytes())
                .as("a filter may leave no row of the newest day")
                .isEqualTo(252);
        fixture.late(4, 40);
        assertThat(flights.explain(archived.limit(1)).bytes())
                .as("a late row may hide the only row of the newest day")
                .isEqualTo(252);
    }

    @Test
    void a_plan_and_its_query_read_the_manifests_once() {
        TieredQuery<Row> flights = flights(QueryPolicy.unlimited().scanBytes(1_000));
        for (Query query : List.of(ALL, ALL.newestFirst(), ALL.where(Filter.ge("delay", 2)))) {
            fixture.steps.clear();
            flights.list(query);
            assertThat(fixture.steps).as("%s", query).containsOnlyOnce("hot.manifests");
            assertThat(fixture.steps).doesNotContain("hot.archiveSize");
            fixture.steps.clear();
            flights.count(query);
            assertThat(fixture.steps).as("%s", query).containsOnlyOnce("hot.manifests");
        }
        fixture.steps.clear();
        flights.page(ALL, 2, null);
        assertThat(fixture.steps.stream().filter("hot.manifests"::equals))
                .as("of two days, and of the sixteen that show what follows the third")
                .hasSize(2);
    }

    @Test
    void manifests_are_read_again_after_a_commit() {
        TieredQuery<Row> flights = flights(QueryPolicy.unlimited().scanBytes(1_000));
        fixture.clock.advance(Duration.ofDays(2));
        fixture.steps.clear();
        try (Stream<Row> rows = flights.stream(ALL)) {
            fixture.archive();
            assertThat(rows.toList()).isEqualTo(fixture.rows);
        }
        assertThat(fixture.steps.stream().filter("hot.manifests"::equals)).hasSize(2);
    }

    @Test
    void a_count_by_the_manifest_fits_any_budget() {
        TieredQuery<Row> flights = flights(QueryPolicy.unlimited().scanBytes(0).scanCost(BigDecimal.ZERO));
        assertThat(flights.count(ALL)).isEqualTo(8);
        fixture.late(2, 20);
        assertRefused(
                () -> flights.count(ALL),
                RANGE + " oldest first: it would scan 63 bytes, 1 of 4 partitions of cold:flights, and the policy"
                        + " allows 0 bytes. Ask for a shorter range, or for values of the partition column 'origin'."
                        + " it would cost 0.063 USD to scan 63 bytes, 1 of 4 partitions of cold:flights, and the"
                        + " policy allows 0 USD. Ask for a shorter range, or for values of the partition column"
                        + " 'origin'.");
    }

    @Test
    void a_range_that_is_too_long_is_refused_without_asking_the_journal() {
        TieredQuery<Row> flights = flights(QueryPolicy.unlimited().range(Duration.ofDays(30)));
        String message = RANGE + " oldest first: its range is PT744H long and the policy allows PT720H. Ask for a"
                + " shorter range.";
        assertRefused(() -> flights.stream(ALL), message);
        assertRefused(() -> flights.count(ALL), message);
        assertThat(fixture.steps).isEmpty();
    }

    @Test
    void a_scan_that_only_filters_is_refused_with_the_index_that_would_help() {
        TieredQuery<Row> list = TieredQuery.builder(Flights.TABLE)
                .hot(new MemorySource("list:hot", Flights.TABLE, fixture.rows))
                .policy(QueryPolicy.unlimited().filterScans(QueryPolicy.FilterScans.REFUSED))
                .build();
        assertRefused(
                () -> list.list(ALL.where(Filter.gt("delay", 1)).where(Filter.eq("origin", "SFO"))),
                RANGE + " where delay > 1 and origin = 'SFO' oldest first: list:hot would read everything to filter it"
                        + " by delay > 1 and origin = 'SFO', which the policy forbids. An index on (origin,"
                        + " departed_at) would help.");
    }

    @Test
    void what_restricts_the_caller_is_not_quoted() {
        TieredQuery<Row> list = TieredQuery.builder(Flights.TABLE)
                .hot(new MemorySource("list:hot", Flights.TABLE, fixture.rows))
                .policy(QueryPolicy.unlimited().range(Duration.ofDays(30)).filterScans(QueryPolicy.FilterScans.REFUSED))
                .build()
                .restrictedTo(Filter.eq("origin", "SECRET"));
        assertRefused(
                () -> list.list(ALL.where(Filter.gt("delay", 1))),
                RANGE + " where delay > 1 restricted by origin oldest first: its range is PT744H long and the policy"
                        + " allows PT720H. Ask for a shorter range.");
        assertRefused(
                () -> list.list(
                        Query.between(ALL.range().from(), ALL.range().from().plusSeconds(86_400))),
                "flights [2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z) restricted by origin oldest first: list:hot would"
                        + " read everything to filter it by what restricts origin, which the policy forbids. An index on"
                        + " (origin, departed_at) would help.");
        assertThat(list.explain(ALL.where(Filter.gt("delay", 1))))
                .asString()
                .contains("after reading: delay > 1 and what restricts origin\n")
                .doesNotContain("SECRET");
    }

    @Test
    void a_scan_that_only_filters_can_be_warned_of() {
        TieredQuery<Row> list = TieredQuery.builder(Flights.TABLE)
                .cold(new MemorySource("list:cold", Flights.TABLE, fixture.rows))
                .policy(QueryPolicy.unlimited().filterScans(QueryPolicy.FilterScans.WARNED))
                .build();
        assertThat(list.list(ALL)).hasSize(8);
        QueryPlan plan = list.explain(ALL);
        assertThat(plan.isRefused()).isFalse();
        assertThat(plan).hasToString(RANGE + """
                         oldest first
                        |- COLD list:cold [2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z)
                        |    access: filter scan
                        |    statement: the list list:cold
                        `- WARNED: list:cold would read everything, which the policy forbids. Ask for a \
                        shorter range.""");
    }

    @Test
    void a_plan_says_what_would_be_refused() {
        QueryPlan plan = flights(QueryPolicy.unlimited().scanBytes(100).range(Duration.ofDays(1)))
                .explain(ALL.columns("id"));
        assertThat(plan.isRefused()).isTrue();
        assertThat(plan.bytes()).isEqualTo(252);
        assertThat(plan.cost()).isEqualByComparingTo("0.252");
        assertThat(plan.toString().lines().skip(8))
                .containsExactly(
                        "|- REFUSED: its range is PT744H long and the policy allows PT24H. Ask for a shorter range.",
                        "`- REFUSED: it would scan 252 bytes, 4 of 4 partitions of cold:flights, and the policy allows"
                                + " 100 bytes. Ask for a shorter range, or for values of the partition column"
                                + " 'origin'.");
    }

    @Test
    void a_plan_of_a_count_shows_what_the_manifest_answers() {
        fixture.late(2, 20);
        fixture.steps.clear();
        QueryPlan plan = flights(QueryPolicy.unlimited()).explainCount(ALL);
        assertThat(plan).hasToString(RANGE + """
                         oldest first
                        |- COLD cold:flights [2024-03-01T00:00:00Z, 2024-03-05T00:00:00Z)
                        |    access: manifest
                        |    reads: 3 of 4 partitions, at most 3 rows, 0 of 252 bytes, 0 USD
                        |    statement: the manifests of whole partitions
                        |- LATE hot:flights [2024-03-02T12:00:00Z, 2024-03-02T12:00:00.000001Z)
                        |    access: key range
                        |    statement: rows of hot:flights in OLDEST_FIRST
                        |- COLD cold:flights [2024-03-02T12:00:00Z, 2024-03-02T12:00:00.000001Z)
                        |    access: partition pruned
                        |    reads: 1 of 4 partitions, at most 1 rows, 63 of 252 bytes, 0.063 USD
                        |    statement: columns [departed_at, id] of cold:flights, OLDEST_FIRST
                        `- HOT hot:flights [2024-03-05T00:00:00Z, 2024-04-01T00:00:00Z)
                             access: key range
                             statement: rows of hot:flights in OLDEST_FIRST""");
        assertThat(fixture.steps).doesNotContain("cold.open", "cold.count", "hot.count");
    }

    @Test
    void a_budget_without_manifests_is_refused_when_building() {
        assertThatThrownBy(() -> TieredQuery.builder(Flights.TABLE)
                        .hot(new MemorySource("list:hot", Flights.TABLE, List.of()))
                        .cold(new MemorySource("list:cold", Flights.TABLE, List.of()))
                        .boundary(Boundary.daysAgo(2, ZoneOffset.UTC))
                        .policy(QueryPolicy.unlimited().scanBytes(1))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'flights' has a policy with a scan budget, but nothing tells how many bytes a query"
                        + " of list:cold reads: that stands in the manifests of an archive with a journal. Limit the"
                        + " range instead");
    }

    @Test
    void limits_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> QueryPolicy.unlimited().scanBytes(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the scan budget is -1 bytes; it is 0 or more");
        assertThatThrownBy(() -> QueryPolicy.unlimited().scanCost(new BigDecimal("-0.1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the scan budget is -0.1 USD; it is 0 or more");
        assertThatThrownBy(() -> QueryPolicy.unlimited().range(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the longest range is PT0S; it is positive");
    }
}
