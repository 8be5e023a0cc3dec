package io.github.tieredquery.internal.stream;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.QueryFixture;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pages that go on in the result of an earlier page's scan; a day of 200 flights is archived. */
class ResultReuseTest {

    private static final byte[] KEY = "a key of the service, 32 bytes..".getBytes(StandardCharsets.UTF_8);
    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final Query QUERY = Query.between(DAY, DAY.plus(Duration.ofDays(1)));

    private final QueryFixture fixture = new QueryFixture();
    private final List<Row> rows;

    ResultReuseTest() {
        for (int i = 0; i < 200; i++) {
            fixture.hot.put(flight(DAY.plusSeconds(i / 3 * 60L), 1000 + i, i % 2 == 0 ? "SFO" : "BER", i % 7));
        }
        fixture.clock.advance(Duration.ofDays(2));
        fixture.archive();
        rows = flights().list(QUERY);
        fixture.steps.clear();
    }

    private TieredQuery<Row> flights() {
        return fixture.flights().tokenKeys(KEY).pagesPerScan(5).build();
    }

    private Page<Row> second(Runnable between) {
        Page<Row> first = flights().page(QUERY, 10, null);
        between.run();
        fixture.steps.clear();
        return flights().page(QUERY, 10, first.nextToken());
    }

    @Test
    void one_scan_serves_several_pages() {
        for (Query query : List.of(
                QUERY, QUERY.newestFirst(), QUERY.where(Filter.gt("delay", 2)).columns("id"))) {
            fixture.steps.clear();
            List<Row> all = flights().list(query);
            fixture.steps.clear();
            List<Row> seen = new ArrayList<>();
            @Nullable String token = null;
            int pages = 0;
            do {
                Page<Row> page = flights().page(query, 10, token);
                seen.addAll(page.rows());
                token = page.nextToken();
                pages++;
                assertThat(token == null ? "" : token).hasSizeLessThan(300);
            } while (token != null);
            assertThat(seen).isEqualTo(all);
            assertThat(fixture.steps.stream().filter("cold.open"::equals))
                    .as("scans for %s pages", pages)
                    .hasSizeLessThanOrEqualTo(pages / 5 + 1);
        }
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void the_second_page_reads_on_in_the_first_ones_result() {
        assertThat(second(() -> {}).rows()).isEqualTo(rows.subList(10, 20));
        assertThat(fixture.steps).contains("cold.resume").doesNotContain("cold.open", "cold.unregistered");
    }

    @Test
    void a_result_that_is_gone_is_replaced_by_the_position() {
        assertThat(second(fixture.cold::forgetResults).rows()).isEqualTo(rows.subList(10, 20));
        assertThat(fixture.steps).contains("cold.resume", "cold.open");
    }

    @Test
    void after_a_commit_the_old_result_is_not_used() {
        Page<Row> page = second(() -> {
            fixture.hot.put(flight(Instant.parse("2024-03-06T13:00:00Z"), 7_000, "SFO", 1));
            fixture.clock.advance(Duration.ofDays(2));
            fixture.archive();
        });
        assertThat(page.rows()).isEqualTo(rows.subList(10, 20));
        assertThat(fixture.steps).contains("cold.open").doesNotContain("cold.resume");
    }

    @Test
    void late_rows_are_merged_and_not_missed() {
        Row late = flight(DAY.plusSeconds(200), 5, "OSL", 1);
        Page<Row> page = second(() -> fixture.hot.put(late));
        assertThat(page.rows()).contains(late).hasSize(10);
        assertThat(fixture.steps).contains("cold.open").doesNotContain("cold.resume");
    }

    @Test
    void a_result_that_late_rows_rule_out_is_not_taken_up_further_on() {
        Page<Row> first = flights().page(QueryFixture.ALL, 2, null);
        Row late = fixture.late(3, 33);
        fixture.steps.clear();
        Page<Row> page = flights().page(QueryFixture.ALL, 20, first.nextToken());
        assertThat(page.rows()).startsWith(late, fixture.rows.get(3)).hasSize(20);
        assertThat(page.rows().subList(2, 20)).isEqualTo(rows.subList(0, 18));
        assertThat(fixture.steps).doesNotContain("cold.resume");
    }

    @Test
    void without_keys_another_process_goes_on_by_position() {
        TieredQuery<Row> one = fixture.flights().build();
        Page<Row> first = one.page(QUERY, 10, null);
        fixture.steps.clear();
        assertThat(fixture.flights().build().page(QUERY, 10, first.nextToken()).rows())
                .isEqualTo(rows.subList(10, 20));
        assertThat(fixture.steps).contains("cold.open").doesNotContain("cold.resume");
        fixture.steps.clear();
        assertThat(one.page(QUERY, 10, first.nextToken()).rows()).isEqualTo(rows.subList(10, 20));
        assertThat(fixture.steps).contains("cold.resume").doesNotContain("cold.open");
    }
}
