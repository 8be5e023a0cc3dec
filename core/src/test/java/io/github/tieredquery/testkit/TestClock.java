package io.github.tieredquery.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until it is set. Thread-safe. */
public final class TestClock implements InstantSource {

    private volatile Instant now;

    /**
     * A clock.
     *
     * @param now what it shows
     */
    public TestClock(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /**
     * Sets it.
     *
     * @param instant what it shows from now on
     */
    public void set(Instant instant) {
        now = instant;
    }

    /**
     * Turns it on.
     *
     * @param time how far
     */
    public synchronized void advance(Duration time) {
        now = now.plus(time);
    }
}
