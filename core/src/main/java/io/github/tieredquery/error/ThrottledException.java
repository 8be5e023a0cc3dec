package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/** A source went on refusing calls because of its rate or concurrency limits, after all retries. Try again later. */
public class ThrottledException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public ThrottledException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public ThrottledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
