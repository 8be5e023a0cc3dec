package io.github.tieredquery.query;

import static io.github.tieredquery.query.Filter.and;
import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.not;
import static io.github.tieredquery.query.Filter.or;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filters that a stranger has nested, and filters that a loop has put together. */
class FilterDepthTest {

    private static final Table THINGS = Table.builder("things")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("origin", ColumnType.STRING)
            .build();

    private static final String ADVICE = " levels of and, or and not in each other, and a query takes at most 200."
            + " Give all conditions of a level to one and(…) or or(…), or ask with in(…) for one of many values";

    /** A service's threads may have less stack than the main thread. */
    private static final Executor SMALL_STACK = task -> new Thread(null, task, "small stack", 512 << 10).start();

    /** Ways of putting one level around a condition. */
    enum Level {
        NOT(Filter::not),
        ALTERNATING(inner -> or(eq("id", 2L), and(eq("origin", "a"), inner))) {
            @Override
            int levels() {
                return 2;
            }
        },
        NOT_AND(inner -> not(and(eq("id", 3L), inner))) {
            @Override
            int levels() {
                return 2;
            }
        };

        private final UnaryOperator<Filter> around;

        Level(UnaryOperator<Filter> around) {
            this.around = around;
        }

        int levels() {
            return 1;
        }

        Filter deep(int depth) {
            Filter filter = eq("id", 1L);
            for (int i = 0; i < depth; i += levels()) {
                filter = around.apply(filter);
            }
            return filter;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_filter_as_deep_as_allowed_is_walked_through_on_a_small_stack(Level level) {
        Row row = THINGS.rowType().row(new Object[] {Instant.EPOCH, 1L, "b"});
        String walked = CompletableFuture.supplyAsync(
                        () -> {
                            Filter filter = level.deep(200).boundTo(THINGS);
                            HivePartitionPlanner planner = HivePartitionPlanner.of(
                                    THINGS,
                                    HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
                            planner.isExact(filter);
                            return filter.matches(row) + " " + filter.columns().contains("id") + " "
                                    + filter.equals(level.deep(200)) + " "
                                    + (filter.hashCode() == level.deep(200).hashCode()) + " "
                                    + filter.toString().contains("id = 1") + " "
                                    + (planner.predicate(
                                                    new TimeRange(Instant.EPOCH, Instant.EPOCH.plusSeconds(1)), filter)
                                            != null);
                        },
                        SMALL_STACK)
                .join();
        // Two hundred times not is the condition itself; a false and in an even number of not and (…) is true.
        assertThat(walked).isEqualTo((level == Level.ALTERNATING ? "false" : "true") + " true true true true true");
    }

    @ParameterizedTest
    @EnumSource
    void a_deeper_filter_is_refused_by_its_table(Level level) {
        int depth = 200 + level.levels();
        assertThatThrownBy(() -> level.deep(depth).boundTo(THINGS))
                .isExactlyInstanceOf(BadQueryException.class)
                .hasMessage("table 'things': the filter has " + depth + ADVICE);
    }

    @ParameterizedTest
    @EnumSource
    void a_thousand_levels_are_refused_while_they_are_made(Level level) {
        assertThatThrownBy(() -> level.deep(1_000))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("a filter has 251" + ADVICE);
    }

    @Test
    void what_a_loop_puts_together_is_flat() {
        Filter all = eq("id", 0L);
        Filter any = eq("id", 0L);
        List<Filter> parts = new ArrayList<>(List.of(eq("id", 0L)));
        for (long id = 1; id < 2_000; id++) {
            all = and(all, eq("id", id));
            any = or(eq("id", id), any);
            parts.add(eq("id", id));
        }
        assertThat(all.boundTo(THINGS)).isEqualTo(new Filter.And(parts));
        java.util.Collections.reverse(parts);
        assertThat(any.boundTo(THINGS)).isEqualTo(new Filter.Or(parts));
    }
}
