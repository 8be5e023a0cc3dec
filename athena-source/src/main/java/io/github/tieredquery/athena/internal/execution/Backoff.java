package io.github.tieredquery.athena.internal.execution;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;

/** Pauses that double, up to a limit in all. For one thread. */
final class Backoff {

    private final Pauses pauses;
    private final Duration longest;
    private final Duration limit;
    private Duration next;
    private Duration waited = Duration.ZERO;

    Backoff(Pauses pauses, Duration first, Duration longest, Duration limit) {
        this.pauses = pauses;
        this.next = first;
        this.longest = longest;
        this.limit = limit;
    }

    /** Waits for a time that doesn't grow; false, without waiting, if the limit is reached. */
    boolean pause(Duration time, ScanControl control, String what) {
        if (waited.compareTo(limit) >= 0) {
            return false;
        }
        waited = waited.plus(pauses.jittered(control, time, what));
        return true;
    }

    /** Waits; false, without waiting, if the limit is reached. */
    boolean pause(ScanControl control, String what) {
        if (!pause(next, control, what)) {
            return false;
        }
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
        return true;
    }

    Duration waited() {
        return waited;
    }
}
