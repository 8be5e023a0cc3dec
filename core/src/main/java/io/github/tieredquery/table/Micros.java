package io.github.tieredquery.table;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Instants as whole microseconds since 1970-01-01T00:00:00Z, negative before. For sources. */
public final class Micros {

    private Micros() {}

    /**
     * The microsecond that an instant lies in. {@link ChronoUnit#between} overflows within 300 years of 1970, since it
     * counts nanoseconds; this reaches 292,000 years.
     *
     * @param instant the instant
     * @return how many microseconds after 1970, rounded down
     * @throws ArithmeticException if the instant is too far from 1970
     */
    public static long of(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    /**
     * The instant of a microsecond.
     *
     * @param micros how many microseconds after 1970
     * @return the instant
     */
    public static Instant toInstant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
