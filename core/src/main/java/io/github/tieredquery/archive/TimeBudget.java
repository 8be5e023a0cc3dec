package io.github.tieredquery.archive;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.Optional;

/**
 * Parts a run's time budget among pieces of work: whether there is time for one more tells the slowest piece so far. A
 * tenth is kept for finishing the open file and for telling the journal, so that what was copied is there for the next
 * run. Not thread-safe.
 */
final class TimeBudget {

    private static final int KEPT_PART = 10;

    private final ScanControl control;
    private final Duration kept;
    private Duration slowest = Duration.ZERO;
    private Optional<Duration> before = Optional.empty();

    /** What is left now. */
    TimeBudget(ScanControl control) {
        this.control = control;
        this.kept = control.remaining().map(rest -> rest.dividedBy(KEPT_PART)).orElse(Duration.ZERO);
    }

    /** Whether another piece fits into what is left; it is taken to start now. */
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

    /** Whether no more is left than what is kept for coming to an end. */
    boolean isNearlySpent() {
        return control.remaining().filter(rest -> rest.compareTo(kept) <= 0).isPresent();
    }
}
