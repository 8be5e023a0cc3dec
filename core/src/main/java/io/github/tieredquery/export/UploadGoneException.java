package io.github.tieredquery.export;

import io.github.tieredquery.error.SourceUnavailableException;
import org.jspecify.annotations.Nullable;

/** A multipart upload isn't there: it was completed or aborted, by somebody else or by a rule of the bucket. */
public class UploadGoneException extends SourceUnavailableException {

    private static final long serialVersionUID = 1L;

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public UploadGoneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
