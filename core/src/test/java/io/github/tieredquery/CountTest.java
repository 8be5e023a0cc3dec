package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is asked when rows are counted; {@link CountProperties} checks the numbers. */
class CountTest {

    private static final Query ALL = QueryFixture.ALL;

    private final QueryFixture fixture = new QueryFixture();
    private final List<SliceReport> reports = new ArrayList<>();

    private long count(Query query) {
        reports.clear();
        fixture.steps.clear();
        return fixture.flights().listener(reports::add).build().count(query);
    }

    private List<String> reported() {
        return reports.stream()
                .map(report -> report.tier() + " " + report.range() + ": " + report.rows() + " rows, "
                        + report.stats().bytesScanned() + " bytes")
                .toList();
    }

    @Test
    void whole_partitions_are_counted_without_the_cold_tier() {
        assertThat(count(ALL)).isEqualTo(8);
        assertThat(fixture.steps)
                .containsExactly("hot.snapshot", "hot.count", "hot.manifests", "hot.look", "hot.tombstones");
        assertThat(reported())
                .containsExactly(
                        "HOT [2024-03-05T00:00:00Z, 2024-04-01T00:00:00Z): 4 rows, -1 bytes",
                        "COLD [2024-03-01T00:00:00Z, 2024-03-05T00:00:00Z): 4 rows, 0 bytes");
        assertThat(count(ALL.where(Filter.in("origin", "SFO", "OSL")))).isEqualTo(4);
        assertThat(count(ALL.where(Filter.not(Filter.eq("origin", "SFO"))))).isEqualTo(4);
        assertThat(fixture.cold.lookUps()).isZero();
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_part_of_a_day_is_free_where_no_row_of_the_day_lies_outside() {
        assertThat(count(Query.between(Instant.parse("2024-03-02T11:00:00Z"), Instant.parse("2024-03-03T12:00:00Z"))))
                .isEqualTo(1);
        assertThat(fixture.steps).doesNotContain("cold.count", "cold.open");
    }

    @Test
    void a_filter_on_another_column_is_pushed_down() {
        assertThat(count(ALL.where(Filter.ge("delay", 3)))).isEqualTo(6);
        assertThat(fixture.steps)
                .containsExactly(
                        "hot.snapshot",
                        "hot.count",
                        "hot.manifests",
                        "hot.look",
                        "hot.tombstones",
                        "cold.unregistered",
                        "cold.count");
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void only_stretches_with_late_rows_are_asked_of_the_cold_tier() {
        fixture.late(2, 20);
        fixture.hot.put(flight("2024-03-02T23:00:00Z", 70, "SFO", 1));
        fixture.hot.put(flight("2024-03-03T13:00:00Z", 71, "OSL", 1));
        assertThat(count(ALL)).isEqualTo(10);
        assertThat(reported())
                .containsExactly(
                        "HOT [2024-03-05T00:00:00Z, 2024-04-01T00:00:00Z): 4 rows, -1 bytes",
                        "COLD [2024-03-01T00:00:00Z, 2024-03-05T00:00:00Z): 3 rows, 0 bytes",
                        "LATE [2024-03-02T12:00:00Z, 2024-03-02T12:00:00.000001Z): 1 rows, -1 bytes",
                        "COLD [2024-03-02T12:00:00Z, 2024-03-02T12:00:00.000001Z): 0 rows, 63 bytes");
        assertThat(count(ALL.where(Filter.eq("origin", "BER"))))
                .as("no partition of it has late rows")
                .isEqualTo(4);
        assertThat(fixture.steps).doesNotContain("cold.count", "cold.open");
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void stretches_beyond_eight_are_asked_for_together() {
        List<Instant> times = new ArrayList<>();
        for (int hour = 0; hour < 24; hour++) {
            times.add(Instant.parse("2024-03-06T00:00:00Z").plusSeconds(hour * 86_400L));
        }
        QueryFixture wide = new QueryFixture();
        times.forEach(time -> wide.hot.put(flight(time, 900, "SFO", 1)));
        wide.clock.advance(Duration.ofDays(30));
        wide.archive();
        for (int i = 0; i < times.size(); i += 2) {
            wide.hot.put(flight(times.get(i), 900, "SFO", 2));
        }
        long before = wide.cold.queries();
        assertThat(wide.flights().build().count(ALL)).isEqualTo(32);
        assertThat(wide.cold.queries() - before).isEqualTo(8);
    }

    @Test
    void a_bounded_count_asks_no_further_than_it_needs_to() {
        fixture.late(1, 20);
        assertThat(count(ALL.limit(4))).isEqualTo(4);
        assertThat(fixture.steps).containsExactly("hot.snapshot", "hot.count");
        assertThat(count(ALL.limit(7))).isEqualTo(7);
        assertThat(fixture.steps).doesNotContain("cold.open");
        assertThat(count(ALL.limit(8))).isEqualTo(8);
        assertThat(fixture.steps)
                .as("the late row is enough, whatever it hides")
                .doesNotContain("cold.open", "cold.count");
        fixture.late(1, 0);
        assertThat(count(ALL.where(Filter.ge("delay", 3)).limit(6))).isEqualTo(6);
        assertThat(fixture.steps).contains("cold.count").doesNotContain("cold.open");
    }

    @Test
    void beyond_five_hundred_late_rows_the_keys_are_merged() {
        List<Row> late = new ArrayList<>();
        for (int i = 0; i < 501; i++) {
            late.add(flight("2024-03-02T12:00:00Z", i, "SFO", 9));
        }
        fixture.hot.put(late.subList(0, 500));
        assertThat(count(ALL)).isEqualTo(7 + 500);
        assertThat(fixture.steps).contains("cold.count").doesNotContain("cold.open");
        fixture.hot.put(late.subList(500, 501));
        assertThat(count(ALL)).isEqualTo(7 + 501);
        assertThat(fixture.steps).contains("cold.open").doesNotContain("cold.count");
        assertThat(fixture.leftOpen()).isZero();
    }
}
