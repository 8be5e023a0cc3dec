package io.github.tieredquery.athena;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AthenaCountTest {

    private static final Instant START = Instant.parse("2024-02-01T00:00:00Z");
    private static final int DAYS = 12;

    private final FlightArchives archives = new FlightArchives(day(DAYS));

    AthenaCountTest() {
        for (int i = 0; i < DAYS * 8; i++) {
            archives.hot.put(flight(START.plus(i * 3L, ChronoUnit.HOURS), i, i % 3 == 0 ? "SFO" : "BER", i % 5));
        }
        archives.archive();
    }

    private static Instant day(int day) {
        return START.plus(day, ChronoUnit.DAYS);
    }

    @AfterEach
    void close() {
        archives.close();
    }

    @Test
    void counts_of_whole_days_start_no_execution() {
        TieredQuery<Row> flights = archives.query(report -> {}).build();
        long before = archives.executions();
        for (int from = 0; from < DAYS; from++) {
            for (int to = from; to <= DAYS; to++) {
                Query days = Query.between(day(from), day(to));
                assertThat(flights.count(days)).isEqualTo((to - from) * 8L);
                assertThat(flights.count(days.where(Filter.eq("origin", "SFO")))
                                + flights.count(days.where(Filter.eq("origin", "BER"))))
                        .isEqualTo((to - from) * 8L);
            }
        }
        assertThat(archives.executions() - before).isZero();
    }

    @Test
    void only_the_days_with_late_rows_are_asked() {
        archives.hot.put(flight(START.plus(27, ChronoUnit.HOURS), 9, "OSL", 4));
        archives.hot.put(flight(START.plus(28, ChronoUnit.HOURS), 500, "OSL", 4));
        TieredQuery<Row> flights = archives.query(report -> {}).build();
        Query all = Query.between(day(0), day(DAYS));
        flights.list(all);
        long before = archives.executions();
        assertThat(flights.count(all)).isEqualTo(DAYS * 8L + 1);
        assertThat(archives.executions() - before).as("the second day").isEqualTo(1);
        assertThat(flights.count(Query.between(day(2), day(DAYS)))).isEqualTo((DAYS - 2) * 8L);
        assertThat(archives.executions() - before).as("days without late rows").isEqualTo(1);
        assertThat(flights.count(all.where(Filter.eq("origin", "SFO")))).isEqualTo(DAYS * 8L / 3 - 1);
    }

    @Test
    void a_part_of_a_day_is_asked_for_alone() {
        TieredQuery<Row> flights = archives.query(report -> {}).build();
        Query query = Query.between(day(0), START.plus(5 * 24 + 12, ChronoUnit.HOURS));
        flights.list(query);
        long before = archives.executions();
        assertThat(flights.count(query)).isEqualTo(5 * 8 + 4);
        assertThat(archives.executions() - before).isEqualTo(1);
    }
}
