package io.github.tieredquery.error;

/**
 * The query costs more than the service's policy allows. Nothing was started. The message says what it would cost, what
 * is allowed and what would help.
 */
public class RefusedByPolicyException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param message what was refused, why, and what would help
     */
    public RefusedByPolicyException(String message) {
        super(message, null);
    }
}
