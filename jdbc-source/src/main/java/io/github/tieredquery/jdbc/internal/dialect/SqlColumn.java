package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.table.Column;
import org.jspecify.annotations.Nullable;

/**
 * A column as it stands in the database.
 *
 * @param column the table's column
 * @param name the database's name
 * @param sql the quoted name
 * @param type what the database's column holds
 * @param length how many characters a text of a fixed length has, otherwise 0
 * @param exact whether the database itself compares the text to the letter and by code point; true for other types
 * @param secondDigits how many digits of a second a time keeps, at most 6; 6 for other types
 * @param localTimes how local times stand for instants, null unless the type is {@link SqlType#LOCAL_TIME}
 * @param infiniteTimes what infinite times stand for, null if they are refused
 */
public record SqlColumn(
        Column column,
        String name,
        String sql,
        SqlType type,
        int length,
        boolean exact,
        int secondDigits,
        @Nullable LocalTimes localTimes,
        @Nullable InfiniteTimes infiniteTimes) {

    /** A column whose infinite times, if it can have any, stand for nothing. */
    public SqlColumn(
            Column column,
            String name,
            String sql,
            SqlType type,
            int length,
            boolean exact,
            int secondDigits,
            @Nullable LocalTimes localTimes) {
        this(column, name, sql, type, length, exact, secondDigits, localTimes, null);
    }

    /** Whether the same values are read of this column, and found in it, as if it were another form of it. */
    public boolean isReadAs(SqlColumn other) {
        return name.equals(other.name)
                && type == other.type
                && length == other.length
                && exact == other.exact
                && secondDigits == other.secondDigits;
    }
}
