package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/**
 * A row holds what its column's declared type can't: a date that there isn't, a number that is too large. The value is
 * refused and never changed; the message names the row by its key, and the column. Reading again gives the same error
 * until the row is corrected. An archiver that meets such a row deletes nothing of its window.
 */
public class BadDataException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error with its cause.
     *
     * @param message which row and column, what is wrong, and what to do
     * @param cause the underlying error, null if there is none
     */
    public BadDataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
