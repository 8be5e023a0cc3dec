package io.github.tieredquery.jdbc.internal.dialect;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A foreign key that points at a table's rows. Immutable.
 *
 * @param from the table that has the key
 * @param to the table whose rows it points at
 * @param columns the columns that it points at, by those of its own table that point at them
 * @param onDelete what happens to its own table's rows when one is deleted that they point at
 * @param onUpdate what happens to them when columns change that they point at
 */
public record ForeignKey(
        String name, TableName from, TableName to, Map<String, String> columns, Action onDelete, Action onUpdate) {

    public ForeignKey {
        columns = Map.copyOf(columns);
    }

    /**
     * Reads keys of a row for each column: schema, table and name of the key, its column, schema, table and column that
     * this one points at, and what happens on DELETE and on UPDATE. Rows of one key follow one another.
     */
    static List<ForeignKey> read(ResultSet rows) throws SQLException {
        List<ForeignKey> keys = new ArrayList<>();
        while (rows.next()) {
            TableName from = new TableName(rows.getString(1), rows.getString(2));
            String name = rows.getString(3);
            Map<String, String> columns = new HashMap<>();
            int last = keys.size() - 1;
            if (last >= 0
                    && keys.get(last).from().equals(from)
                    && keys.get(last).name().equals(name)) {
                columns.putAll(keys.remove(last).columns());
            }
            columns.put(rows.getString(4), rows.getString(7));
            TableName to = new TableName(rows.getString(5), rows.getString(6));
            keys.add(new ForeignKey(
                    name, from, to, columns, Action.of(rows.getString(8)), Action.of(rows.getString(9))));
        }
        return keys;
    }

    /** What a key does to the rows that point at a row. */
    public enum Action {
        CASCADE,
        SET_NULL,
        SET_DEFAULT,
        RESTRICT,
        NO_ACTION;

        static Action of(String rule) {
            return valueOf(rule.replace(' ', '_'));
        }

        /** Whether it keeps the row that they point at as it is. */
        public boolean keepsRows() {
            return this == RESTRICT || this == NO_ACTION;
        }

        private String sql() {
            return name().replace('_', ' ');
        }
    }

    /** What it does when rows are deleted, for messages. */
    public String deleteEffect() {
        String does = switch (onDelete) {
            case CASCADE -> "would delete its rows that point at them";
            case SET_NULL -> "would set its columns to NULL in rows that point at them";
            case SET_DEFAULT -> "would set its columns to their defaults in rows that point at them";
            case RESTRICT, NO_ACTION -> "keeps them as long as its rows point at them";
        };
        return "foreign key '" + name + "' of " + from + " " + does + " (ON DELETE " + onDelete.sql() + ")";
    }

    /** What it does when columns change that it points at, for messages. */
    public String updateEffect() {
        String rows = "rows that point at changed rows of " + to;
        String does = switch (onUpdate) {
            case CASCADE -> "would change its columns in " + rows;
            case SET_NULL -> "would set its columns to NULL in " + rows;
            case SET_DEFAULT -> "would set its columns to their defaults in " + rows;
            case RESTRICT, NO_ACTION -> "keeps rows of " + to + " from changing as long as its rows point at them";
        };
        return "foreign key '" + name + "' of " + from + " " + does + " (ON UPDATE " + onUpdate.sql() + ")";
    }
}
