package io.github.tieredquery.examples.webservice;

import java.time.Instant;

/**
 * A row, as the service shows it.
 *
 * @param departedAt when it departed, to the minute
 * @param id the surrogate key
 * @param delay in minutes, negative if early
 * @param distance in miles
 * @param origin airport as IATA code
 * @param destination airport as IATA code
 */
record Flight(Instant departedAt, long id, int delay, int distance, String origin, String destination) {

    /** A JSON object. */
    String json() {
        return "{\"departedAt\":\"" + departedAt + "\",\"id\":" + id + ",\"delay\":" + delay + ",\"distance\":"
                + distance + ",\"origin\":" + Json.text(origin) + ",\"destination\":" + Json.text(destination) + "}";
    }
}
