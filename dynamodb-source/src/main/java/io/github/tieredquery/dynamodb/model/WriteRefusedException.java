package io.github.tieredquery.dynamodb.model;

import io.github.tieredquery.error.TieredQueryException;
import org.jspecify.annotations.Nullable;

/** DynamoDB can't hold a row, or not change it with its index items in one transaction. Nothing was written. */
public class WriteRefusedException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what was refused, where, and what to do
     */
    public WriteRefusedException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what was refused, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public WriteRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
