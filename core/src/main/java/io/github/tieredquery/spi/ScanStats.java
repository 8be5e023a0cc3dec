package io.github.tieredquery.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a scan has cost. Immutable.
 *
 * @param executionId the backend's own identifier of the execution, null if it has none
 * @param bytesScanned how many bytes the backend says it has read, -1 if it doesn't say
 */
public record ScanStats(@Nullable String executionId, long bytesScanned) {

    /** Of a backend that tells nothing. */
    public static final ScanStats UNKNOWN = new ScanStats(null, -1);
}
