package io.github.tieredquery.error;

import org.jspecify.annotations.Nullable;

/** The set-up contradicts itself or what stands in a backend: refused at build time or at the start of a run. */
public class ConfigurationException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * An error without an underlying one.
     *
     * @param message what failed, where, and what to do
     */
    public ConfigurationException(String message) {
        super(message, null);
    }

    /**
     * An error with its cause.
     *
     * @param message what failed, where, and what to do
     * @param cause the underlying error, null if there is none
     */
    public ConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
