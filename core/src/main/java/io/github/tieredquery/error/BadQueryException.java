package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/**
 * The query doesn't fit the table: an unknown column, a value of another type, a filter that the source can't answer.
 */
public class BadQueryException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public BadQueryException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public BadQueryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
