package io.github.tieredquery.jdbc.internal.dialect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database does when rows of a table are deleted, beyond deleting them, or what keeps it from that. Immutable.
 *
 * @param kind which kind of thing it is
 * @param table the table that has the constraint, trigger or rule; null if it is none of them
 * @param name the constraint's, trigger's or rule's name; empty if it is none of them
 * @param text what it does, as a clause for messages
 */
public record DeleteEffect(Kind kind, @Nullable TableName table, String name, String text) {

    /** What has no name that it could be accepted by. */
    public static DeleteEffect unnamed(Kind kind, String text) {
        return new DeleteEffect(kind, null, "", text);
    }

    /** The names that it goes by, the one with the schema last. */
    public List<String> names() {
        return table == null ? List.of() : List.of(name, table.name() + "." + name, table + "." + name);
    }

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
