package io.github.tieredquery.benchmarks;

import io.github.tieredquery.examples.flights.PostgresFlights;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.util.Iterator;
import java.util.stream.Stream;

/** The table that all benchmarks read. */
final class Flights {

    static final String TABLE_NAME = "flights";

    static final Table TABLE = PostgresFlights.describe(TABLE_NAME);

    static final Instant FROM = Instant.parse("2001-01-01T00:00:00Z");
    static final Instant TO = Instant.parse("2001-07-02T00:00:00Z");
    static final Query EVERYTHING = Query.between(FROM, TO);

    private Flights() {}

    /** Reads everything; the checksum depends on every value and on the order. */
    static long checksum(Stream<Flight> flights) {
        long checksum = 0;
        try (flights) {
            for (Iterator<Flight> each = flights.iterator(); each.hasNext(); ) {
                checksum = each.next().checksum(checksum);
            }
        }
        return checksum;
    }
}
