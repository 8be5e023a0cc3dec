package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/** The archiver refused rows or a window; nothing of it was deleted. */
public class ArchiveRefusedException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public ArchiveRefusedException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public ArchiveRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
