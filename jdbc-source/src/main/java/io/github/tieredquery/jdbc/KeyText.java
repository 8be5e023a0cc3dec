package io.github.tieredquery.jdbc;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The key of a row as one text, without the time: each value's length in UTF-16 units, a colon, and the value. So no
 * value can be taken for two.
 */
final class KeyText {

    private KeyText() {}

    static String of(List<Column> keyColumns, Row row) {
        StringBuilder text = new StringBuilder();
        for (Column column : keyColumns) {
            String value = text(Objects.requireNonNull(row.value(column.name()), column.name()));
            text.append(value.length()).append(':').append(value);
        }
        return text.toString();
    }

    private static String text(Object value) {
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    /** Puts the values of a text into an array, from an index on. */
    static void read(List<Column> keyColumns, String text, @Nullable Object[] values, int first) {
        int at = 0;
        for (int i = 0; i < keyColumns.size(); i++) {
            int colon = text.indexOf(':', at);
            int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
            values[first + i] = value(keyColumns.get(i).type(), text.substring(colon + 1, end));
            at = end;
        }
    }

    private static Object value(ColumnType type, String text) {
        return switch (type.kind()) {
            case INT32 -> Integer.valueOf(text);
            case INT64 -> Long.valueOf(text);
            case DECIMAL -> new BigDecimal(text);
            case STRING -> text;
            case DATE -> LocalDate.parse(text);
            case TIMESTAMP -> Instant.parse(text);
            case BOOLEAN, DOUBLE, BINARY -> throw new IllegalArgumentException("a key column isn't " + type);
        };
    }
}
