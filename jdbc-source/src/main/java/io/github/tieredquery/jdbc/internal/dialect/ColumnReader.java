package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Reads one column of the current row into its Java form. Resolved once per scan, not once per row. */
@FunctionalInterface
public interface ColumnReader {

    /**
     * Reads a value.
     *
     * @param rows stands on a row
     * @param index the column's index, from 1
     * @return the value in its Java form, null for NULL
     */
    @Nullable
    Object read(ResultSet rows, int index) throws SQLException;

    /** A column that the table says is never NULL. Views and other relations can't promise it beforehand. */
    static ColumnReader required(SqlColumn column, ColumnReader reader) {
        return (rows, index) -> {
            Object value = reader.read(rows, index);
            if (value == null) {
                throw new UnreadableValue(
                        column,
                        "holds NULL, which table column '" + column.column().name() + "' never does; correct the row,"
                                + " or declare it with column(…)",
                        null);
            }
            return value;
        };
    }

    static @Nullable Object readBoolean(ResultSet rows, int index) throws SQLException {
        boolean value = rows.getBoolean(index);
        return !value && rows.wasNull() ? null : (Object) value;
    }

    /** A truth value that comes as a number. One that is neither 0 nor 1 would be lost. */
    static ColumnReader numericTruth(SqlColumn column) {
        return (rows, index) -> {
            long value = rows.getLong(index);
            if (value == 0 || value == 1) {
                return value == 0 && rows.wasNull() ? null : (Object) (value == 1);
            }
            throw new UnreadableValue(
                    column,
                    "holds " + value + ", which is neither true (1) nor false (0); correct the row, or declare the"
                            + " column as a number",
                    null);
        };
    }

    static @Nullable Object readInt32(ResultSet rows, int index) throws SQLException {
        int value = rows.getInt(index);
        return value == 0 && rows.wasNull() ? null : (Object) value;
    }

    static @Nullable Object readInt64(ResultSet rows, int index) throws SQLException {
        long value = rows.getLong(index);
        return value == 0 && rows.wasNull() ? null : (Object) value;
    }

    static @Nullable Object readDouble(ResultSet rows, int index) throws SQLException {
        double value = rows.getDouble(index);
        // For NULL a driver gives 0 or, as DuckDB's does, NaN.
        return (value == 0 || Double.isNaN(value)) && rows.wasNull() ? null : (Object) value;
    }

    /** A double that comes as the eight bytes of its IEEE form. */
    static @Nullable Object readDoubleBits(ResultSet rows, int index) throws SQLException {
        byte[] bytes = rows.getBytes(index);
        return bytes == null ? null : (Object) ByteBuffer.wrap(bytes).getDouble();
    }

    static @Nullable Object readString(ResultSet rows, int index) throws SQLException {
        return rows.getString(index);
    }

    static @Nullable Object readBytes(ResultSet rows, int index) throws SQLException {
        return rows.getBytes(index);
    }

    static ColumnReader decimal(SqlColumn column) {
        int scale = column.column().type().scale();
        return (rows, index) -> {
            BigDecimal value = rows.getBigDecimal(index);
            return value == null || value.scale() == scale ? value : canonical(column, value);
        };
    }

    /** A sum of exact numbers, of which a database may give more digits than the result can have. */
    static ColumnReader sum(Measure measure, Table table) {
        ColumnType type = measure.resultOf(table).type();
        return (rows, index) -> {
            BigDecimal value = rows.getBigDecimal(index);
            try {
                return value == null ? null : type.canonical(value);
            } catch (IllegalArgumentException e) {
                throw new BadQueryException(
                        "table '" + table.name() + "': " + measure.name() + " of a group is too large: "
                                + e.getMessage() + "; aggregate fewer rows at a time",
                        e);
            }
        };
    }

    /** Text that comes as its UTF-8 bytes. */
    static @Nullable Object readUtf8(ResultSet rows, int index) throws SQLException {
        byte[] bytes = rows.getBytes(index);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static ColumnReader date(SqlColumn column) {
        return date(column, (rows, index) -> rows.getObject(index, LocalDate.class));
    }

    /** A date of a driver that gives {@link LocalDate}s in its own way. */
    static ColumnReader date(SqlColumn column, ColumnReader source) {
        return (rows, index) -> {
            LocalDate value = (LocalDate) source.read(rows, index);
            return value == null ? null : checked(column, value);
        };
    }

    /** A date that the table's column can hold. */
    static Object checked(SqlColumn column, LocalDate value) {
        return isCommon(value.getYear()) ? value : canonical(column, value);
    }

    /** A date that comes as text, since a driver may take one that there isn't for another, or for none. */
    static ColumnReader textDate(SqlColumn column) {
        return date(column, (rows, index) -> {
            String text = rows.getString(index);
            return text == null ? null : TimeText.date(column, text);
        });
    }

    /** A local time that comes as text, since a driver may take it for one in its own zone. */
    static ColumnReader textTime(SqlColumn column, LocalTimes times) {
        return localTime(column, times, (rows, index) -> {
            String text = rows.getString(index);
            return text == null ? null : TimeText.time(column, text);
        });
    }

    /** A time that comes as microseconds since 1970. */
    static ColumnReader epochMicros(SqlColumn column, ColumnReader source) {
        return (rows, index) -> {
            Long micros = (Long) source.read(rows, index);
            return micros == null ? null : canonical(column, Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        };
    }

    static ColumnReader zonedTime(SqlColumn column) {
        return (rows, index) -> {
            OffsetDateTime value = rows.getObject(index, OffsetDateTime.class);
            return value == null ? null : instant(column, value);
        };
    }

    /** An instant that the table's column can hold. */
    static Object instant(SqlColumn column, OffsetDateTime value) {
        return isCommon(value.getYear()) ? value.toInstant() : canonical(column, value.toInstant());
    }

    static ColumnReader localTime(SqlColumn column, LocalTimes times) {
        return localTime(column, times, (rows, index) -> rows.getObject(index, LocalDateTime.class));
    }

    /** A local time of a driver that gives {@link LocalDateTime}s in its own way. */
    static ColumnReader localTime(SqlColumn column, LocalTimes times, ColumnReader source) {
        return (rows, index) -> {
            LocalDateTime value = (LocalDateTime) source.read(rows, index);
            return value == null ? null : instant(column, times, value);
        };
    }

    /** The instant of a local time that the table's column can hold. */
    static Object instant(SqlColumn column, LocalTimes times, LocalDateTime value) {
        Instant instant = times.instant(value).orElse(null);
        if (instant == null) {
            throw new UnreadableValue(
                    column,
                    "holds the local time " + value + ", which the clocks of " + times.zone()
                            + " skip, so that it stands for no instant; correct the row, or declare the zone that"
                            + " the times were written in with timeZone(…)",
                    null);
        }
        return isCommon(value.getYear()) ? instant : canonical(column, instant);
    }

    /** Years that are surely in range, also in another zone. */
    private static boolean isCommon(int year) {
        return year > 1 && year < 9999;
    }

    private static Object canonical(SqlColumn column, Object value) {
        try {
            return column.column().type().canonical(value);
        } catch (IllegalArgumentException e) {
            throw new UnreadableValue(
                    column,
                    "holds a value that table column '" + column.column().name() + "' can't: " + e.getMessage()
                            + "; correct the row",
                    e);
        }
    }
}
