package io.github.tieredquery.benchmarks;

import java.time.Instant;

/** What both sides of a comparison map each row onto. */
record Flight(Instant departedAt, long id, int delay, int distance, String origin, String destination) {

    /** Depends on every value and, through {@code before}, on the order of the rows. */
    long checksum(long before) {
        long sum = before * 31 + departedAt.hashCode();
        sum = sum * 31 + id;
        sum = sum * 31 + delay;
        sum = sum * 31 + distance;
        sum = sum * 31 + origin.hashCode();
        return sum * 31 + destination.hashCode();
    }
}
