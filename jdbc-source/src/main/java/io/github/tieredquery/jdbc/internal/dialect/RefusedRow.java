package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names the row that a value is refused in. Immutable and thread-safe. */
public final class RefusedRow {

    private static final int LONGEST_TEXT = 100;

    private final String source;
    private final RowType type;
    private final ColumnReader[] readers;
    private final @Nullable Table table;

    /**
     * Names the rows of a result.
     *
     * @param source the source's name
     * @param type the result's columns
     * @param readers one for each column
     * @param table whose time and key name a row; null for groups, which have neither
     */
    public RefusedRow(String source, RowType type, ColumnReader[] readers, @Nullable Table table) {
        this.source = source;
        this.type = type;
        this.readers = readers;
        this.table = table;
    }

    /**
     * The error for the current row.
     *
     * @param rows stands on the row
     * @param value what is refused
     * @return the error to throw
     */
    public BadDataException because(ResultSet rows, UnreadableValue value) {
        return because(rows, String.valueOf(value.getMessage()), value.getCause());
    }

    /**
     * The error for the current row.
     *
     * @param rows stands on the row
     * @param problem which column, what is wrong with it, and what to do
     * @param cause the underlying error, null if there is none
     * @return the error to throw
     */
    public BadDataException because(ResultSet rows, String problem, @Nullable Throwable cause) {
        return new BadDataException(source + row(rows) + ": " + problem, cause);
    }

    /**
     * The error for a value of the current row that the driver can't give in its column's form.
     *
     * @param rows stands on the row
     * @param index the column's index in the result, from 0
     * @param said what the driver says, without the value
     * @param cause the driver's error
     * @return the error to throw
     */
    public BadDataException unconverted(ResultSet rows, int index, String said, Exception cause) {
        Column column = type.columns().get(index);
        return because(
                rows,
                "column '" + column.name() + "' holds " + text(rows, index) + ", which can't be read as "
                        + column.type() + " (" + said
                        + "); correct the row, or declare the column as the database has it",
                cause);
    }

    private static String text(ResultSet rows, int index) {
        try {
            String text = rows.getString(index + 1);
            return text == null ? "a value" : "'" + text.substring(0, Math.min(text.length(), LONGEST_TEXT)) + "'";
        } catch (SQLException | RuntimeException e) {
            return "a value";
        }
    }

    private String row(ResultSet rows) {
        if (table == null) {
            return ", a group";
        }
        List<String> key = new ArrayList<>();
        for (String column : table.orderColumns()) {
            if (type.has(column)) {
                key.add(column + "=" + shown(rows, type.indexOf(column)));
            }
        }
        return key.isEmpty() ? "" : ", the row " + key;
    }

    /** What of a key can't be read is shown as the driver shows it. */
    private @Nullable Object shown(ResultSet rows, int column) {
        try {
            try {
                return readers[column].read(rows, column + 1);
            } catch (SQLException | RuntimeException e) {
                return rows.getString(column + 1);
            }
        } catch (SQLException | RuntimeException e) {
            return "?";
        }
    }
}
