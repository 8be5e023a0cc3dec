package io.github.tieredquery.archive;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.Optional;

/** Decides whether a budget allows for one more piece of work, by the slowest piece so far. Not thread-safe. */
final class Pace {

    private final ScanControl control;
    private Duration slowest = Duration.ZERO;
    private Optional<Duration> before = Optional.empty();

    Pace(ScanControl control) {
        this.control = control;
    }

    /** Whether another piece would fit into what is left; it is taken to start now. */
    boolean allowsAnother() {
        before = control.remaining();
        return before.filter(rest -> rest.isZero() || rest.compareTo(slowest) < 0)
                .isEmpty();
    }

    /** The piece has ended. */
    void ended() {
        before.ifPresent(rest -> {
            Duration took = rest.minus(control.remaining().orElse(Duration.ZERO));
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        });
    }
}
