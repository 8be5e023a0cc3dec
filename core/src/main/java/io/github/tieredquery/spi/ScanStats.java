package io.github.tieredquery.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a scan has cost. Immutable.
 *
 * @param executionId the backend's own identifier of the execution, null if it has none
 * @param bytesScanned how many bytes the backend says it has read, -1 if it doesn't say
 * @param capacityUnits how many read capacity units the backend says it has consumed, -1 if it doesn't say
 */
public record ScanStats(@Nullable String executionId, long bytesScanned, double capacityUnits) {

    /** Of a backend that tells nothing. */
    public static final ScanStats UNKNOWN = new ScanStats(null, -1);

    /**
     * What a scan of a backend without capacity units has cost.
     *
     * @param executionId the backend's own identifier of the execution, null if it has none
     * @param bytesScanned how many bytes the backend says it has read, -1 if it doesn't say
     */
    public ScanStats(@Nullable String executionId, long bytesScanned) {
        this(executionId, bytesScanned, -1);
    }
}
