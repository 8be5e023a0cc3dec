package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/** A commit was sent and its answer lost: it may or may not have happened. Look before doing it again. */
public class OutcomeUnknownException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public OutcomeUnknownException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
