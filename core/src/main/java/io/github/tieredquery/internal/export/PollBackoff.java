package io.github.tieredquery.internal.export;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;

/** Pauses between two looks, each longer than the one before. For one thread. */
final class PollBackoff {

    private final Duration first;
    private final Duration longest;
    private final ScanControl control;
    private Duration next;

    PollBackoff(ExportSettings settings, ScanControl control) {
        this.first = settings.firstPoll();
        this.longest = settings.longestPoll();
        this.control = control;
        this.next = first;
    }

    void pause(String what) {
        control.pause(next, what);
        Duration longer = next.multipliedBy(3).dividedBy(2);
        next = longer.compareTo(longest) < 0 ? longer : longest;
    }

    void reset() {
        next = first;
    }
}
