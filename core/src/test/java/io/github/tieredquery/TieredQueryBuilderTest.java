package io.github.tieredquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.MemorySource;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TieredQueryBuilderTest {

    private static final Table TABLE = Flights.TABLE;

    private final MemorySource plain = new MemorySource("list:flights", TABLE, List.of());
    private final MemoryHotStore journaled = new MemoryHotStore("hot:flights", TABLE, InstantSource.system());
    private final MemoryColdStore versioned =
            new MemoryColdStore("cold:flights", TABLE, HivePartitionLayout.daily(ZoneOffset.UTC));
    private final MemoryColdStore foreign = new MemoryColdStore(
            "cold:flights", TABLE, HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion());

    private static void assertRefused(TieredQueryBuilder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @Test
    void no_source_is_too_few() {
        assertRefused(TieredQuery.builder(TABLE), "table 'flights' has no source; give hot(…), cold(…) or both");
    }

    @Test
    void two_sources_need_something_that_tells_them_apart() {
        assertRefused(
                TieredQuery.builder(TABLE).hot(plain).cold(foreign),
                "table 'flights': nothing tells where cold:flights ends and list:flights begins; give the hot source a"
                        + " journal, or a boundary(…)");
    }

    @Test
    void one_source_is_not_both_tiers() {
        MemorySource source = new MemorySource("memory:flights", Flights.TABLE, java.util.List.of());
        assertRefused(
                TieredQuery.builder(Flights.TABLE)
                        .hot(source)
                        .cold(source)
                        .boundary(Boundary.daysAgo(1, java.time.ZoneOffset.UTC)),
                "table 'flights': memory:flights is given as both tiers; give another cold(…), or one tier alone");
    }

    @Test
    void a_journal_is_the_boundary() {
        assertRefused(
                TieredQuery.builder(TABLE)
                        .hot(journaled)
                        .cold(versioned)
                        .boundary(Boundary.daysAgo(30, ZoneOffset.UTC)),
                "table 'flights' has the boundary 30 days ago in Z, but hot:flights has a journal, whose watermark is"
                        + " the boundary; leave boundary(…) out");
    }

    @Test
    void one_tier_has_no_boundary() {
        assertRefused(
                TieredQuery.builder(TABLE).hot(plain).boundary(Boundary.daysAgo(30, ZoneOffset.UTC)),
                "table 'flights' has the boundary 30 days ago in Z but only one tier; give both tiers or no boundary");
    }

    @Test
    void versions_need_the_journal_that_tells_which_of_them_count() {
        String message = "table 'flights': cold:flights holds versions, of which some don't count, and only the journal"
                + " of the hot store tells which; give a hot(…) with that journal, or a layout withoutVersion() for an"
                + " archive of somebody else's job";
        assertRefused(TieredQuery.builder(TABLE).cold(versioned), message);
        assertRefused(
                TieredQuery.builder(TABLE).hot(plain).cold(versioned).boundary(Boundary.daysAgo(30, ZoneOffset.UTC)),
                message);
        assertThat(TieredQuery.builder(TABLE).cold(foreign).build().list(QueryFixture.ALL))
                .isEmpty();
    }

    @Test
    void a_source_that_says_nothing_of_partitions_has_no_place_behind_a_journal() {
        assertRefused(
                TieredQuery.builder(TABLE).hot(journaled).cold(plain),
                "table 'flights': list:flights doesn't say how the archive's partitions are laid out, so behind the"
                        + " journal of hot:flights it could show versions that don't count, and lack partitions"
                        + " unnoticed; build it with a layout(…), or the hot source without a journal");
    }

    @Test
    void the_days_of_the_boundary_are_those_of_the_archive() {
        TieredQueryBuilder builder = TieredQuery.builder(TABLE).hot(plain).cold(foreign);
        assertRefused(
                builder.boundary(Boundary.daysAgo(30, ZoneId.of("Europe/Berlin"))),
                "table 'flights': the boundary's days end at midnight in Europe/Berlin, the archive's in Z; use the"
                        + " archive's zone");
        assertThat(builder.boundary(Boundary.daysAgo(30, ZoneId.of("UTC")))
                        .build()
                        .table())
                .isEqualTo(TABLE);
    }

    @Test
    void an_overlap_needs_a_cold_tier_that_keeps_what_the_hot_one_does() {
        MemorySource hotMillis = plain.keepingTimesIn(Duration.ofMillis(1));
        MemorySource coldMillis =
                new MemorySource("cold:flights", TABLE, List.of()).keepingTimesIn(Duration.ofMillis(1));
        Boundary boundary = Boundary.daysAgo(30, ZoneOffset.UTC);
        assertRefused(
                TieredQuery.builder(TABLE).hot(plain).cold(coldMillis).boundary(boundary.overlapDays(2)),
                "table 'flights': cold:flights keeps column 'departed_at' in units of PT0.001S and list:flights in"
                        + " units of PT0.000001S, so with the boundary 30 days ago in Z, overlapping 2 days a row that"
                        + " both have would come twice; leave overlapDays(…) out");
        assertThat(TieredQuery.builder(TABLE)
                        .hot(plain)
                        .cold(coldMillis)
                        .boundary(boundary)
                        .build()
                        .list(QueryFixture.ALL))
                .isEmpty();
        assertThat(TieredQuery.builder(TABLE)
                        .hot(hotMillis)
                        .cold(coldMillis)
                        .boundary(boundary.overlapDays(2))
                        .build()
                        .list(QueryFixture.ALL))
                .isEmpty();
    }

    @Test
    void sources_of_another_table_are_refused() {
        Table other =
                Table.builder("flights").time("at").key("id", ColumnType.INT64).build();
        assertRefused(
                TieredQuery.builder(other).hot(plain),
                "list:flights holds\n  " + TABLE + "\nbut the query is built for\n  " + other);
    }

    @Test
    void a_snapshot_has_some_age() {
        assertThatThrownBy(() -> TieredQuery.builder(TABLE).maxSnapshotAge(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the maximum snapshot age is PT0S; it is positive");
    }
}
