package io.github.tieredquery.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.examples.flights.FlightsSample;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlightTablesTest {

    @Test
    void every_table_has_every_flight_of_the_sample() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            List<Long> progress = new ArrayList<>();

            FlightTables.load(postgres.getPostgresDatabase(), progress::add);

            assertThat(progress).hasSize(6).endsWith((long) FlightsSample.ROWS);
            PlainSql plain = new PlainSql(postgres.getPostgresDatabase());
            for (String table : List.of(FlightTables.UNTOUCHED, FlightTables.FLIGHTS, FlightTables.BY_ORIGIN)) {
                assertThat(plain.number("SELECT count(*) FROM " + table, List.of()))
                        .isEqualTo(FlightsSample.ROWS);
            }
            try (Stream<Flight> rows =
                    plain.rows(Question.rows("", Questions.EVERYTHING, "ORDER BY departed_at, id LIMIT 1"))) {
                assertThat(rows)
                        .containsExactly(new Flight(Instant.parse("2001-01-01T00:01:00Z"), 1, -13, 2345, "ANC", "LAX"));
            }
        }
    }
}
