package io.github.tieredquery.athenalocal.internal.type;

/** SQL that Athena refuses at its start. */
public final class MalformedQueryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedQueryException(String message) {
        super(message);
    }
}
