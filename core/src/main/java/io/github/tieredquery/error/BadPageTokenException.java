package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/**
 * A page token isn't one that this query gave out: it is damaged, forged, signed with a key that is no longer known, or
 * belongs to another query. The first page can always be had without a token.
 */
public class BadPageTokenException extends BadQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error with its cause.
     *
     * @param message what is wrong with the token, and what to do
     * @param cause the underlying error, null if there is none
     */
    public BadPageTokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
