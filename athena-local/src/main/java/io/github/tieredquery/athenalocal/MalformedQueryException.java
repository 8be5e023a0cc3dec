package io.github.tieredquery.athenalocal;

/** SQL that Athena refuses at its start. */
final class MalformedQueryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedQueryException(String message) {
        super(message);
    }
}
