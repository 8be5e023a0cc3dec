package io.github.tieredquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * While the cold tier makes up its mind no transaction of the hot database waits idly, where the hot database has said
 * all that it can. A server ends such transactions ({@code idle_in_transaction_session_timeout}), and its clean-up
 * waits for them.
 */
class IdleSnapshotTest {

    private static final Instant ARCHIVED = Instant.parse("2024-03-05T00:00:00Z");
    private static final Query DELAYED = QueryFixture.ALL.where(Filter.ge("delay", 1));

    /** What reads the archive. */
    enum Read {
        OLDEST_FIRST(flights -> flights.list(DELAYED)),
        NEWEST_FIRST(flights -> flights.list(DELAYED.newestFirst())),
        LIMITED(flights -> flights.list(DELAYED.newestFirst().limit(7))),
        ARCHIVED_ONLY(flights -> flights.list(
                Query.between(QueryFixture.ALL.range().from(), ARCHIVED).where(Filter.ge("delay", 1)))),
        PAGE(flights -> flights.page(DELAYED, 3, null).rows()),
        COUNT(flights -> flights.count(DELAYED)),
        AGGREGATE(flights -> flights.aggregate(DELAYED, Aggregation.by("origin").count()));

        private final Consumer<TieredQuery<Row>> read;

        Read(Consumer<TieredQuery<Row>> read) {
            this.read = read;
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_snapshot_is_open_while_the_cold_tier_is_asked_and_nothing_lies_over_it(Read read) {
        QueryFixture fixture = new QueryFixture();
        assertThat(asked(fixture, read)).isNotEmpty().allMatch(step -> step.endsWith(" with 0 snapshots"));
    }

    @ParameterizedTest
    @EnumSource(names = {"COUNT", "AGGREGATE"})
    void late_rows_are_read_first_and_their_snapshot_is_not_held_while_the_cold_tier_works(Read read) {
        QueryFixture fixture = new QueryFixture();
        fixture.late(2, 20);
        fixture.late(4, 40);
        assertThat(asked(fixture, read).stream()
                        .filter(step -> !step.startsWith("cold.unregistered"))
                        .toList())
                .isNotEmpty()
                .allMatch(step -> step.endsWith(" with 0 snapshots"));
    }

    @Test
    void a_count_looks_at_all_stretches_in_one_snapshot_and_holds_it_for_none_of_their_cold_queries() {
        QueryFixture fixture = new QueryFixture();
        fixture.late(1, 20);
        fixture.late(3, 40);
        List<String> steps = new ArrayList<>();
        TieredQuery<Row> flights = fixture.flights(
                        step -> steps.add(step + " with " + fixture.hot.openSnapshots() + " snapshots"))
                .build();
        assertThat(flights.count(QueryFixture.ALL)).isEqualTo(8);
        assertThat(steps.stream().filter(step -> step.startsWith("hot.snapshot")))
                .hasSize(1);
        assertThat(steps.stream().filter(step -> step.startsWith("cold.count")))
                .containsExactly("cold.count with 0 snapshots", "cold.count with 0 snapshots");
        assertThat(fixture.leftOpen()).isZero();
    }

    private static List<String> asked(QueryFixture fixture, Read read) {
        List<String> asked = new ArrayList<>();
        TieredQuery<Row> flights = fixture.flights(step -> {
                    if (step.startsWith("cold.")) {
                        asked.add(step + " with " + fixture.hot.openSnapshots() + " snapshots");
                    }
                })
                .build();
        read.read.accept(flights);
        assertThat(fixture.leftOpen()).isZero();
        return asked;
    }
}
