package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/**
 * An export's ticket isn't one that this service gave out for this query and target: it is damaged, forged, expired,
 * signed with a key that is no longer known, or foreign.
 */
public class BadExportTicketException extends BadQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error with its cause.
     *
     * @param message what is wrong with the ticket, and what to do
     * @param cause the underlying error, null if there is none
     */
    public BadExportTicketException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
