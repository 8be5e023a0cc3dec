package io.github.tieredquery.jdbc.internal.dialect;

import org.jspecify.annotations.Nullable;

/**
 * A value that a column's declared type can't hold, thrown where only the column is known. The cursor makes of it an
 * error that names the row as well, by {@link RefusedRow}.
 */
public final class UnreadableValue extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * A value that is refused.
     *
     * @param column where it stands
     * @param problem what it is, and what to do: {@code holds …; correct the row}
     * @param cause the underlying error, null if there is none
     */
    UnreadableValue(SqlColumn column, String problem, @Nullable Throwable cause) {
        super("column " + column.sql() + " " + problem, cause, false, false);
    }
}
