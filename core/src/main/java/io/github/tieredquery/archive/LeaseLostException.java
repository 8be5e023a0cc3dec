package io.github.tieredquery.archive;

/** Ends an attempt whose lease is somebody else's by now. */
final class LeaseLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LeaseLostException() {}

    LeaseLostException(Throwable cause) {
        super(cause);
    }
}
