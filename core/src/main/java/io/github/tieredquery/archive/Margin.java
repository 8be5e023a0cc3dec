package io.github.tieredquery.archive;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;

/**
 * Keeps a part of the time budget for finishing the open file and for telling the journal, so that what was copied is
 * there for the next run.
 */
record Margin(ScanControl control, Duration kept) {

    private static final int PART = 10;

    /** A tenth of what is left now. */
    static Margin of(ScanControl control) {
        return new Margin(
                control, control.remaining().map(rest -> rest.dividedBy(PART)).orElse(Duration.ZERO));
    }

    /** Whether it is time to come to an end. */
    boolean isReached() {
        return control.remaining().filter(rest -> rest.compareTo(kept) <= 0).isPresent();
    }
}
