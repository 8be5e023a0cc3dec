package io.github.tieredquery.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.QueryFixture;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemorySource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueryPlanTest {

    private final QueryFixture fixture = new QueryFixture();

    @Test
    void a_plan_over_both_tiers_names_what_is_read_and_what_it_costs() {
        fixture.steps.clear();
        QueryPlan plan = fixture.flights().build().explain(QueryFixture.ALL.where(Filter.eq("origin", "SFO")));
        assertThat(plan).hasToString("""
                        flights [2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z) where origin = 'SFO' oldest first
                        |- COLD cold:flights [2024-03-01T00:00:00Z, 2024-03-05T00:00:00Z)
                        |    access: partition pruned
                        |    reads: 2 of 4 partitions, at most 2 rows, 126 of 252 bytes, 0.126 USD
                        |    after reading: origin = 'SFO'
                        |    statement: columns [departed_at, id, origin, delay] of cold:flights, OLDEST_FIRST
                        `- HOT hot:flights [2024-03-05T00:00:00Z, 2024-04-01T00:00:00Z)
                             access: key range
                             after reading: origin = 'SFO'
                             statement: rows of hot:flights in OLDEST_FIRST""");
        assertThat(fixture.steps)
                .containsExactly("hot.snapshot", "hot.archiveSize", "hot.manifests", "hot.look", "hot.tombstones");
    }

    @Test
    void a_plan_with_late_rows_shows_what_the_merge_reads_in_the_order_of_reading() {
        fixture.late(2, 20);
        QueryPlan plan = fixture.flights()
                .build()
                .explain(QueryFixture.ALL
                        .columns("id")
                        .where(Filter.gt("delay", 3))
                        .newestFirst()
                        .limit(9));
        assertThat(plan).hasToString("""
                        flights [2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z) where delay > 3 newest first limit 9
                        |- HOT hot:flights [2024-03-05T00:00:00Z, 2024-04-01T00:00:00Z)
                        |    access: key range
                        |    after reading: delay > 3
                        |    statement: rows of hot:flights in NEWEST_FIRST
                        |- LATE hot:flights [2024-03-01T00:00:00Z, 2024-03-05T00:00:00Z)
                        |    access: key range
                        |    statement: rows of hot:flights in NEWEST_FIRST
                        `- COLD cold:flights [2024-03-01T00:00:00Z, 2024-03-05T00:00:00Z)
                             access: partition pruned
                             reads: 4 of 4 partitions, at most 4 rows, 252 of 252 bytes, 0.252 USD
                             after reading: delay > 3
                             statement: columns [id, departed_at, delay] of cold:flights, NEWEST_FIRST limit 9""");
    }

    @Test
    void a_plan_over_somebody_elses_archive_shows_the_overlap() {
        QueryPlan plan = TieredQuery.builder(Flights.TABLE)
                .hot(new MemorySource("list:hot", Flights.TABLE, List.of()))
                .cold(new MemorySource("list:cold", Flights.TABLE, List.of()))
                .boundary(Boundary.daysAgo(2, ZoneOffset.UTC).overlapDays(1))
                .clock(fixture.clock)
                .build()
                .explain(QueryFixture.ALL);
        assertThat(plan).hasToString("""
                        flights [2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z) oldest first
                        |- COLD list:cold [2024-03-01T00:00:00Z, 2024-03-04T00:00:00Z)
                        |    access: filter scan
                        |    statement: the list list:cold
                        |- LATE list:hot [2024-03-04T00:00:00Z, 2024-03-05T00:00:00Z)
                        |    access: filter scan
                        |    statement: the list list:hot
                        |- COLD list:cold [2024-03-04T00:00:00Z, 2024-03-05T00:00:00Z)
                        |    access: filter scan
                        |    statement: the list list:cold
                        `- HOT list:hot [2024-03-05T00:00:00Z, 2024-04-01T00:00:00Z)
                             access: filter scan
                             statement: the list list:hot""");
    }

    @Test
    void a_plan_of_nothing_says_so() {
        assertThat(fixture.flights().build().explain(QueryFixture.ALL.limit(0)))
                .hasToString("flights [2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z) oldest first limit 0\n"
                        + "`- nothing to read");
    }
}
