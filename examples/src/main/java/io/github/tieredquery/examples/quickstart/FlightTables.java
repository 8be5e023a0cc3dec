package io.github.tieredquery.examples.quickstart;

import io.github.tieredquery.examples.flights.FlightsSample;
import io.github.tieredquery.examples.flights.PostgresFlights;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/** The flights in PostgreSQL: a table for each archive that is shown, and a copy that nobody touches. */
final class FlightTables {

    /** Archived by day. */
    static final String FLIGHTS = "flights";

    /** Archived by month and origin. */
    static final String BY_ORIGIN = "flights_by_origin";

    /** What the answers are checked against. */
    static final String UNTOUCHED = "untouched_flights";

    private FlightTables() {}

    /** Creates the tables and fills them; {@code progress} hears the number of rows now and then. */
    static void load(DataSource database, LongConsumer progress) throws IOException, SQLException {
        PostgresFlights.create(database, UNTOUCHED, FlightsSample.ROWS, progress);
        PostgresFlights.copy(database, FLIGHTS, UNTOUCHED);
        PostgresFlights.copy(database, BY_ORIGIN, UNTOUCHED);
    }
}
