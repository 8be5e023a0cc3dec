package io.github.tieredquery.examples.quickstart;

import java.time.Instant;

/**
 * A row of the table, as the library maps it: each component is the column of its name.
 *
 * @param departedAt when it departed, to the minute
 * @param id the surrogate key
 * @param delay in minutes, negative if early
 * @param distance in miles
 * @param origin airport as IATA code
 * @param destination airport as IATA code
 */
record Flight(Instant departedAt, long id, int delay, int distance, String origin, String destination) {}
