package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/**
 * The archive's manifest lists rows in a partition that the cold table doesn't know, so an answer would silently lack
 * them.
 */
public class MissingPartitionException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public MissingPartitionException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public MissingPartitionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
