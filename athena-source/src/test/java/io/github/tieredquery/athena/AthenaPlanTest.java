package io.github.tieredquery.athena;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.QueryGate;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.RefusedByPolicyException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

class AthenaPlanTest {

    private static final Instant START = Instant.parse("2024-02-01T00:00:00Z");
    private static final FlightArchives ARCHIVES = new FlightArchives(START.plus(6, ChronoUnit.DAYS));

    private final List<SliceReport> reports = new ArrayList<>();

    @BeforeAll
    static void archive() {
        for (int i = 0; i < 48; i++) {
            ARCHIVES.hot.put(flight(START.plus(i * 3L, ChronoUnit.HOURS), i, i % 3 == 0 ? "SFO" : "BER", i % 5));
        }
        ARCHIVES.archive();
    }

    @AfterAll
    static void close() {
        ARCHIVES.close();
    }

    private static Query days(int from, int to) {
        return Query.between(START.plus(from, ChronoUnit.DAYS), START.plus(to, ChronoUnit.DAYS));
    }

    private long bytesScanned() {
        return reports.stream()
                .mapToLong(report -> Math.max(0, report.stats().bytesScanned()))
                .sum();
    }

    @Test
    void the_estimate_is_what_athena_scans() {
        TieredQuery<Row> flights = ARCHIVES.query(reports::add).build();
        for (Query query : List.of(
                days(0, 6),
                days(1, 2),
                days(0, 3).where(Filter.eq("origin", "SFO")),
                days(0, 4).where(Filter.gt("delay", 2)).columns("id"),
                Query.between(START.plus(13, ChronoUnit.HOURS), START.plus(50, ChronoUnit.HOURS)))) {
            Counters before = ARCHIVES.athena.theLocalOne().counters();
            QueryPlan plan = flights.explain(query);
            assertThat(ARCHIVES.athena.theLocalOne().counters())
                    .as("a plan asks neither Athena nor S3")
                    .isEqualTo(before);
            reports.clear();
            flights.list(query);
            assertThat(bytesScanned()).as("%s", query).isPositive().isEqualTo(plan.bytes());
        }
    }

    @Test
    void what_athena_filters_after_reading_is_named() {
        QueryPlan plan = ARCHIVES.query(reports::add)
                .build()
                .explain(days(0, 3).where(Filter.eq("origin", "SFO")).where(Filter.gt("delay", 2)));
        QueryPlan.Slice cold = plan.slices().get(0);
        assertThat(cold.accessPath()).isEqualTo(AccessPath.PARTITION_PRUNED);
        assertThat(cold.residual()).isEqualTo(Filter.gt("delay", 2));
    }

    @Test
    void what_a_stopped_query_has_scanned_is_reported_however_it_is_asked() {
        TieredQuery<Row> flights = ARCHIVES.query(reports::add).build();
        Query query = Query.between(START.plus(1, ChronoUnit.HOURS), START.plus(50, ChronoUnit.HOURS))
                .timeout(Duration.ofMillis(500));
        // Looks first whether the partitions are registered, and remembers it.
        flights.list(query.timeout(Duration.ofMinutes(1)));
        for (Consumer<Query> asked : List.<Consumer<Query>>of(
                flights::list,
                flights::count,
                each -> flights.aggregate(each, Aggregation.by("origin").count()))) {
            reports.clear();
            try (QueryGate hold = ARCHIVES.athena.theLocalOne().faults().holdInState(QueryExecutionState.RUNNING)) {
                assertThatThrownBy(() -> asked.accept(query)).isInstanceOf(QueryTimedOutException.class);
                hold.release();
            }
            SliceReport report = reports.stream()
                    .filter(each -> each.tier() == Tier.COLD && each.stats().executionId() != null)
                    .findFirst()
                    .orElseThrow();
            QueryExecution execution = ARCHIVES.athena
                    .aws()
                    .athena()
                    .getQueryExecution(
                            get -> get.queryExecutionId(report.stats().executionId()))
                    .queryExecution();
            assertThat(execution.status().state()).isEqualTo(QueryExecutionState.CANCELLED);
            assertThat(report.rows()).isZero();
            assertThat(report.stats().bytesScanned())
                    .isEqualTo(execution.statistics().dataScannedInBytes());
        }
    }

    @Test
    void what_has_succeeded_is_reported_although_its_result_cannot_be_read() {
        TieredQuery<Row> flights = ARCHIVES.query(reports::add).build();
        flights.list(days(0, 2));
        reports.clear();
        ARCHIVES.athena
                .theLocalOne()
                .faults()
                .on("GetObject")
                .matching(key -> key.endsWith(".csv"))
                .inject(Fault.error(404, "NoSuchKey", "The specified key does not exist."));
        long bytes = flights.explain(days(0, 2)).bytes();
        assertThatThrownBy(() -> flights.list(days(0, 2))).isInstanceOf(SourceUnavailableException.class);
        assertThat(bytesScanned()).isPositive().isEqualTo(bytes);
    }

    @Test
    void a_budget_refuses_before_an_execution_is_started() {
        TieredQuery<Row> flights = ARCHIVES.query(reports::add)
                .policy(QueryPolicy.unlimited().scanBytes(10))
                .build();
        long bytes = flights.explain(days(0, 2)).bytes();
        long before = ARCHIVES.executions();
        assertThatThrownBy(() -> flights.stream(days(0, 2)))
                .isInstanceOf(RefusedByPolicyException.class)
                .hasMessage("flights [2024-02-01T00:00:00Z, 2024-02-03T00:00:00Z) oldest first: it would scan " + bytes
                        + " bytes, 4 of 8 partitions of athena:default.flights, and the policy allows 10 bytes. Ask for"
                        + " a shorter range, or for values of the partition column 'origin'.");
        assertThat(ARCHIVES.executions() - before).isZero();
    }
}
