package io.github.tieredquery.athena;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ColdRows;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What pages take of large archives, in executions, requests and bytes. */
class AthenaScaleTest {

    private static final Instant START = Instant.parse("2024-02-01T00:00:00Z");
    private static final String RARE = "only in the oldest month";

    private final List<SliceReport> reports = new ArrayList<>();

    /**
     * Rows with ids in the order of time, evenly over the days; those of the first 30 days have a rare delay now and
     * then.
     */
    private static FlightArchives archives(int days, int rowsPerDay) {
        FlightArchives archives = new FlightArchives(START.plus(days, ChronoUnit.DAYS));
        archives.cold.prepare(io.github.tieredquery.spi.ScanControl.unlimited());
        List<PartitionManifest> manifests = new ArrayList<>();
        for (int day = 0; day < days; day++) {
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < rowsPerDay; i++) {
                Instant at = START.plus(day, ChronoUnit.DAYS).plus(86_400_000L / rowsPerDay * i, ChronoUnit.MILLIS);
                boolean rare = day < 30 && i % 500 == 7;
                rows.add(flight(at, (long) day * rowsPerDay + i, "SFO", rare ? 999 : i % 60));
            }
            manifests.addAll(ColdRows.write(archives.cold, 1, rows));
        }
        archives.hot.adopt(new TimeRange(START, START.plus(days, ChronoUnit.DAYS)), manifests);
        return archives;
    }

    private static Query all(int days) {
        return Query.between(START, START.plus(days, ChronoUnit.DAYS));
    }

    private long scanned() {
        return reports.stream()
                .mapToLong(report -> Math.max(0, report.stats().bytesScanned()))
                .sum();
    }

    private static long id(Row row) {
        return Objects.requireNonNull(row.int64("id"));
    }

    @Test
    void a_hundred_pages_of_a_million_rows_take_six_executions_and_one_ranged_get_each() {
        try (FlightArchives archives = archives(10, 100_000)) {
            TieredQuery<Row> flights = archives.query(reports::add).build();
            for (Query query : List.of(all(10), all(10).newestFirst())) {
                boolean newestFirst = query.toString().contains("newest");
                Counters before = archives.athena.theLocalOne().counters();
                @Nullable String token = null;
                long next = newestFirst ? 999_999 : 0;
                for (int i = 0; i < 100; i++) {
                    Counters start = archives.athena.theLocalOne().counters();
                    Page<Row> page = flights.page(query, 50, token);
                    assertThat(page.rows()).hasSize(50);
                    for (Row row : page.rows()) {
                        assertThat(id(row)).isEqualTo(next);
                        next += newestFirst ? -1 : 1;
                    }
                    token = Objects.requireNonNull(page.nextToken());
                    Counters took = archives.athena.theLocalOne().counters().since(start);
                    if (took.athena("StartQueryExecution") == 0) {
                        assertThat(took.s3("GetObject")).isEqualTo(1);
                        assertThat(took.athena("GetQueryExecution")).isEqualTo(1);
                    }
                }
                Counters took = archives.athena.theLocalOne().counters().since(before);
                assertThat(took.athena("StartQueryExecution")).isLessThanOrEqualTo(6);
                assertThat(took.athena("GetQueryResults")).isZero();
            }
        }
    }

    @Test
    void the_newest_of_151_days_are_read_alone_and_a_rare_row_of_the_oldest_month_in_four_steps() {
        int days = 151;
        try (FlightArchives archives = archives(days, 500)) {
            TieredQuery<Row> flights = archives.query(reports::add).build();
            Query newest = all(days).newestFirst();
            long bytes = flights.explain(newest).bytes();

            reports.clear();
            long before = archives.executions();
            Page<Row> page = flights.page(newest, 50, null);
            assertThat(page.rows())
                    .extracting(AthenaScaleTest::id)
                    .startsWith(days * 500L - 1)
                    .hasSize(50);
            assertThat(archives.executions() - before)
                    .as("one for the day's rows, and one that asks the catalog for its partition")
                    .isEqualTo(2);
            assertThat(scanned()).isPositive().isLessThanOrEqualTo(bytes * 3 / 100);

            Query rare = newest.where(Filter.eq("delay", 999));
            reports.clear();
            before = archives.executions();
            List<Row> found = flights.page(rare, 20, null).rows();
            assertThat(found)
                    .as(RARE)
                    .extracting(AthenaScaleTest::id)
                    .startsWith(29L * 500 + 7)
                    .hasSize(20);
            assertThat(reports)
                    .as("each step holds eight times the rows of the one before: 1, 8, 64 and the other days")
                    .hasSizeLessThanOrEqualTo(4);
            assertThat(archives.executions() - before)
                    .as("and once for each further step the catalog is asked for partitions, which reads no file")
                    .isLessThanOrEqualTo(7);
            assertThat(scanned()).as("no day is read twice").isLessThanOrEqualTo(bytes);

            reports.clear();
            before = archives.executions();
            assertThat(flights.page(newest.where(Filter.eq("delay", 1_000)), 20, null))
                    .isEqualTo(new Page<>(List.of(), null));
            assertThat(archives.executions() - before)
                    .as("all partitions are known by now")
                    .isLessThanOrEqualTo(4);
            assertThat(scanned()).as("a search in vain reads every day once").isEqualTo(bytes);
        }
    }
}
