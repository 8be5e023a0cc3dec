package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/** The query was cancelled, or its stream closed, while it ran. */
public class QueryCancelledException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public QueryCancelledException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public QueryCancelledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
