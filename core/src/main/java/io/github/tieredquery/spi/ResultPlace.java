package io.github.tieredquery.spi;

import java.util.Objects;

/**
 * Where the rest of a kept result starts. Immutable.
 *
 * @param executionId the backend's identifier of the execution that made the result
 * @param offset where in the result the next row starts, in bytes or whatever the backend counts in
 */
public record ResultPlace(String executionId, long offset) {

    /** Refuses null and negative offsets. */
    public ResultPlace {
        Objects.requireNonNull(executionId, "executionId");
        if (offset < 0) {
            throw new IllegalArgumentException("the offset is " + offset + "; it is 0 or more");
        }
    }
}
