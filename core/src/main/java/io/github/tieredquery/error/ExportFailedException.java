package io.github.tieredquery.error;

/** An export can't be finished. What it had started is stopped and removed. */
public class ExportFailedException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public ExportFailedException(String message) {
        super(message, null);
    }
}
