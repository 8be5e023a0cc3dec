package io.github.tieredquery.athena.internal.execution;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A statement that Athena has executed.
 *
 * @param id the execution's id
 * @param outputLocation where its result is, as Athena says it; null if the workgroup keeps results to itself
 * @param bytesScanned what is charged for
 * @param ended when Athena says it ended; null if it doesn't
 */
public record Execution(
        String id,
        @Nullable String outputLocation,
        long bytesScanned,
        @Nullable Instant ended) {

    /** By how much the clocks of Athena and S3 may differ. */
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    /**
     * Whether an object was written after the execution had ended, so that it isn't the execution's result: Athena says
     * that a query has succeeded when its result is in S3. What was replaced sooner than five seconds after the end
     * can't be told by this.
     *
     * @param ended when the execution ended; null if that isn't known
     * @param written the object's Last-Modified, in whole seconds; null if S3 doesn't say
     */
    public static boolean isLaterThan(@Nullable Instant ended, @Nullable Instant written) {
        return ended != null && written != null && written.isAfter(ended.plus(CLOCKS));
    }
}
