package io.github.tieredquery.athena.internal.execution;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/** Where and for how long the runner waits; tests replace it. */
public final class Pauses {

    /** Waits once. */
    @FunctionalInterface
    public interface Sleeper {
        void pause(ScanControl control, Duration time, String what);
    }

    private final Sleeper sleeper;
    private final DoubleSupplier random;

    public Pauses(Sleeper sleeper, DoubleSupplier random) {
        this.sleeper = sleeper;
        this.random = random;
    }

    public static Pauses real() {
        return new Pauses(ScanControl::pause, () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * Waits for half to all of a time, so that callers that were refused together don't come back together.
     *
     * @return how long it was
     */
    Duration jittered(ScanControl control, Duration time, String what) {
        Duration actual = Duration.ofNanos((long) (time.toNanos() * (0.5 + random.getAsDouble() / 2)));
        sleeper.pause(control, actual, what);
        return actual;
    }
}
