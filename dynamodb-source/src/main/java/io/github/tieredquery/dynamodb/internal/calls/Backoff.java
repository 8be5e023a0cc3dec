package io.github.tieredquery.dynamodb.internal.calls;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt at what DynamoDB has throttled: a random part of a time that doubles, so
 * that clients that were throttled together don't come back together. Thread-safe.
 *
 * @param attempts how many attempts without any progress are made in all
 * @param firstMillis the longest first wait
 * @param longestMillis the longest wait of all
 * @param random gives numbers from 0 inclusive to 1 exclusive; thread-safe
 * @param pauses waits
 */
public record Backoff(int attempts, long firstMillis, long longestMillis, DoubleSupplier random, Pauses pauses) {

    /** Waits, or doesn't in tests. Thread-safe. */
    @FunctionalInterface
    public interface Pauses {
        void pause(Duration time, ScanControl control, String what);
    }

    public static Backoff standard() {
        return new Backoff(12, 50, 5_000, () -> ThreadLocalRandom.current().nextDouble(), Backoff::sleep);
    }

    private static void sleep(Duration time, ScanControl control, String what) {
        control.pause(time, what);
    }

    /**
     * Waits before another attempt.
     *
     * @param failed how many attempts have failed in a row, 1 or more
     */
    public void await(int failed, ScanControl control, String what) {
        long longest = Math.min(longestMillis, firstMillis << Math.min(failed - 1, 20));
        pauses.pause(Duration.ofMillis((long) (random.getAsDouble() * longest) + 1), control, what);
    }
}
