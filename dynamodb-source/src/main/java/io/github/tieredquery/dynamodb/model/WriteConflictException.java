package io.github.tieredquery.dynamodb.model;

import io.github.tieredquery.error.TieredQueryException;

/** The row isn't the one that was read any more, or others changed it at every attempt. Nothing was written. */
public class WriteConflictException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error.
     *
     * @param message what failed, where, and what to do
     */
    public WriteConflictException(String message) {
        super(message, null);
    }
}
