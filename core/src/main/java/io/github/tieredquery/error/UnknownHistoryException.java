package io.github.tieredquery.error;

/**
 * An archive's place knows of versions that its journal doesn't: the database was restored to an earlier moment, it has
 * lost its last commits, or it is a copy of one that goes on elsewhere. Nothing was written. The message says what to
 * do; where the database is the one that goes on, that is {@code Archiver.recover()}.
 */
public class UnknownHistoryException extends ConfigurationException {

    private static final long serialVersionUID = 1L;

    /**
     * An error.
     *
     * @param message what is known where, and what to do
     */
    public UnknownHistoryException(String message) {
        super(message);
    }
}
