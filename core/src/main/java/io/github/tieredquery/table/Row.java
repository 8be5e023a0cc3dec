package io.github.tieredquery.table;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One row: values by column name, in the Java form of {@link ColumnType}. The typed accessors are casts: asked for
 * another type than the column's, they throw {@link ClassCastException}; asked for an unknown column,
 * {@link IllegalArgumentException}. Null is SQL's NULL.
 *
 * <p>Two rows are equal if they have the same columns and the same values, byte strings by content. Immutable and
 * thread-safe as long as nobody writes into a {@code byte[]} taken from {@link #value}.
 */
public final class Row {

    private final RowType type;
    private final @Nullable Object[] values;

    Row(RowType type, @Nullable Object[] values) {
        this.type = type;
        this.values = values;
    }

    /**
     * The row's columns.
     *
     * @return the columns
     */
    public RowType type() {
        return type;
    }

    /**
     * A value by name.
     *
     * @param column the column's name
     * @return the value, null for NULL; a {@code byte[]} is the row's own and must not be changed
     */
    public @Nullable Object value(String column) {
        return values[type.indexOf(column)];
    }

    /**
     * A value by position.
     *
     * @param index the column's index, from 0
     * @return the value, null for NULL; a {@code byte[]} is the row's own and must not be changed
     */
    public @Nullable Object value(int index) {
        return values[index];
    }

    /**
     * The same row with another value.
     *
     * @param column the column's name
     * @param value the value, null for NULL; it is checked and brought into its Java form
     * @return a new row
     * @throws IllegalArgumentException if there is no such column, or it can't hold the value
     */
    public Row with(String column, @Nullable Object value) {
        int index = type.indexOf(column);
        @Nullable Object[] changed = values.clone();
        changed[index] = type.columns().get(index).canonical(value);
        return new Row(type, changed);
    }

    /**
     * A {@link ColumnType#BOOLEAN}.
     *
     * @param column the column's name
     * @return the value, null for NULL
     */
    public @Nullable Boolean bool(String column) {
        return (Boolean) value(column);
    }

    /**
     * An {@link ColumnType#INT32}.
     *
     * @param column the column's name
     * @return the value, null for NULL
     */
    public @Nullable Integer int32(String column) {
        return (Integer) value(column);
    }

    /**
     * An {@link ColumnType#INT64}.
     *
     * @param column the column's name
     * @return the value, null for NULL
     */
    public @Nullable Long int64(String column) {
        return (Long) value(column);
    }

    /**
     * A {@link ColumnType#DOUBLE}.
     *
     * @param column the column's name
     * @return the value, null for NULL
     */
    public @Nullable Double float64(String column) {
        return (Double) value(column);
    }

    /**
     * A {@link ColumnType#decimal}.
     *
     * @param column the column's name
     * @return the value at the column's scale, null for NULL
     */
    public @Nullable BigDecimal decimal(String column) {
        return (BigDecimal) value(column);
    }

    /**
     * A {@link ColumnType#STRING}.
     *
     * @param column the column's name
     * @return the value, null for NULL
     */
    public @Nullable String string(String column) {
        return (String) value(column);
    }

    /**
     * A {@link ColumnType#DATE}.
     *
     * @param column the column's name
     * @return the value, null for NULL
     */
    public @Nullable LocalDate date(String column) {
        return (LocalDate) value(column);
    }

    /**
     * A {@link ColumnType#TIMESTAMP}.
     *
     * @param column the column's name
     * @return the value, null for NULL
     */
    public @Nullable Instant timestamp(String column) {
        return (Instant) value(column);
    }

    /**
     * A {@link ColumnType#BINARY}.
     *
     * @param column the column's name
     * @return a copy of the value, null for NULL
     */
    public byte @Nullable [] binary(String column) {
        byte[] bytes = (byte[]) value(column);
        return bytes == null ? null : bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && type.equals(that.type) && Arrays.deepEquals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            text.append(i == 0 ? "" : ", ").append(type.columns().get(i).name()).append('=');
            if (value instanceof byte[] bytes) {
                text.append("0x").append(HexFormat.of().formatHex(bytes));
            } else if (value instanceof String) {
                text.append('\'').append(value).append('\'');
            } else {
                text.append(value);
            }
        }
        return text.append('}').toString();
    }
}
