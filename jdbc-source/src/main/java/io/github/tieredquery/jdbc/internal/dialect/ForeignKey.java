package io.github.tieredquery.jdbc.internal.dialect;

/**
 * A foreign key that points at a table's rows.
 *
 * @param from the table that has the key
 * @param onDelete what happens to that table's rows
 */
public record ForeignKey(String name, TableName from, Action onDelete) {

    /** What a key does when the row is deleted that it points at. */
    public enum Action {
        CASCADE,
        SET_NULL,
        SET_DEFAULT,
        RESTRICT,
        NO_ACTION;

        static Action of(String rule) {
            return valueOf(rule.replace(' ', '_'));
        }
    }

    public boolean keepsRows() {
        return onDelete == Action.RESTRICT || onDelete == Action.NO_ACTION;
    }

    /** What it does, for messages. */
    public String effect() {
        String does = switch (onDelete) {
            case CASCADE -> "would delete its rows that point at them";
            case SET_NULL -> "would set its columns to NULL in rows that point at them";
            case SET_DEFAULT -> "would set its columns to their defaults in rows that point at them";
            case RESTRICT, NO_ACTION -> "keeps them as long as its rows point at them";
        };
        return "foreign key '" + name + "' of " + from + " " + does + " (ON DELETE "
                + onDelete.name().replace('_', ' ') + ")";
    }
}
