package io.github.tieredquery.athena;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pages over two archived days of 3,000 flights each. */
class AthenaPageTest {

    private static final Instant START = Instant.parse("2024-02-01T00:00:00Z");
    private static final FlightArchives ARCHIVES = new FlightArchives(START.plus(4, ChronoUnit.DAYS));
    private static final TimeRange DAYS = new TimeRange(START, START.plus(2, ChronoUnit.DAYS));
    private static final Query QUERY = Query.between(DAYS.from(), DAYS.to());

    @BeforeAll
    static void archive() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            rows.add(flight(START.plusSeconds(i * 28L), i, "S\"F\n,O", i % 5));
        }
        ARCHIVES.hot.put(rows);
        ARCHIVES.archive();
    }

    @AfterAll
    static void close() {
        ARCHIVES.close();
    }

    private static Counters counters() {
        return ARCHIVES.athena.theLocalOne().counters();
    }

    @Test
    void a_hundred_pages_take_few_executions_and_one_ranged_get_each() {
        for (Query query : List.of(QUERY, QUERY.newestFirst())) {
            TieredQuery<Row> flights = ARCHIVES.query(report -> {}).build();
            List<Row> expected = flights.list(query).subList(0, 5_000);
            Counters before = counters();
            List<Row> seen = new ArrayList<>();
            @Nullable String token = null;
            int pagesWithoutExecution = 0;
            for (int i = 0; i < 100; i++) {
                Counters start = counters();
                Page<Row> page = flights.page(query, 50, token);
                seen.addAll(page.rows());
                token = page.nextToken();
                Counters took = counters().since(start);
                if (took.athena("StartQueryExecution") == 0) {
                    pagesWithoutExecution++;
                    assertThat(took.s3("GetObject")).isEqualTo(1);
                    assertThat(took.athena("GetQueryExecution")).isEqualTo(1);
                }
            }
            assertThat(seen).isEqualTo(expected);
            Counters took = counters().since(before);
            assertThat(took.athena("StartQueryExecution")).isLessThanOrEqualTo(6);
            assertThat(pagesWithoutExecution).isGreaterThanOrEqualTo(94);
            assertThat(took.athena("GetQueryResults")).isZero();
        }
    }

    @Test
    void only_the_result_of_the_very_statement_is_read() {
        Scan scan = Scan.of(Flights.TABLE, DAYS).limit(20);
        ResultPlace place;
        try (ResultCursor cursor = (ResultCursor) ARCHIVES.cold.open(scan, ScanControl.unlimited())) {
            cursor.next();
            place = cursor.place().orElseThrow();
        }
        try (ResultCursor rest =
                ARCHIVES.cold.resume(scan, place, ScanControl.unlimited()).orElseThrow()) {
            assertThat(Objects.requireNonNull(rest.next()).int64("id")).isEqualTo(1);
            assertThat(rest.stats().bytesScanned()).isZero();
        }
        for (ResultPlace foreign : List.of(
                new ResultPlace(place.executionId(), 1L << 40),
                new ResultPlace("00000000-0000-4000-8000-000000000000", place.offset()),
                new ResultPlace("../../etc", place.offset()),
                new ResultPlace("", 0))) {
            assertThat(ARCHIVES.cold.resume(scan, foreign, ScanControl.unlimited()))
                    .as("%s", foreign)
                    .isEmpty();
        }
        assertThat(ARCHIVES.cold.resume(scan.limit(21), place, ScanControl.unlimited()))
                .isEmpty();
    }
}
