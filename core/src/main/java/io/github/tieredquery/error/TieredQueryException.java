package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of all errors of the library that aren't mistakes in calling it. Messages name the table, the source and the
 * source's own identifier (a query execution id, an SQL state) and say what to do. They hold no credentials.
 */
public abstract class TieredQueryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * An error.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    protected TieredQueryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
