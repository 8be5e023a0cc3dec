package io.github.tieredquery.jdbc.internal.dialect;

/**
 * What a database does when rows of a table are deleted, beyond deleting them, or what keeps it from that. Immutable.
 *
 * @param kind which kind of thing it is
 * @param name the constraint's, trigger's or rule's name; empty if it has none
 * @param text what it does, as a clause for messages
 */
public record DeleteEffect(Kind kind, String name, String text) {

    /** Kinds of effects. */
    public enum Kind {
        /** A foreign key that changes or deletes other rows. */
        CASCADE,
        /** A foreign key that doesn't let rows go that others point at. */
        REFERENCE,
        /** A trigger or a rule. */
        TRIGGER,
        /** Policies that don't hold for archived rows. */
        ROW_SECURITY,
        /** Policies that hide rows from the user that would delete them. */
        HIDDEN_ROWS,
        /** A publication that doesn't let rows go. */
        PUBLICATION,
        /** Keys that the user has no right to see. */
        UNSEEN_KEYS,
        /** Triggers that the user has no right to see. */
        UNSEEN_TRIGGERS
    }
}
