package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/** A source failed or couldn't be reached. The same call may succeed later. */
public class SourceUnavailableException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public SourceUnavailableException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public SourceUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
