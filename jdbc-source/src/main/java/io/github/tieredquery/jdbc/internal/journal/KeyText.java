package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some values of a row as one text: each value's length in UTF-16 units, a colon, and the value. So no value can be
 * taken for two. NULL has a dash for its length.
 */
final class KeyText {

    private KeyText() {}

    static String of(List<Column> columns, Row row) {
        StringBuilder text = new StringBuilder();
        for (Column column : columns) {
            Object value = row.value(column.name());
            if (value == null) {
                text.append("-:");
            } else {
                String plain = text(value);
                text.append(plain.length()).append(':').append(plain);
            }
        }
        return text.toString();
    }

    private static String text(Object value) {
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    /** Puts the values of a text into an array, from an index on. */
    static void read(List<Column> columns, String text, @Nullable Object[] values, int first) {
        int at = 0;
        for (int i = 0; i < columns.size(); i++) {
            int colon = text.indexOf(':', at);
            if (text.charAt(at) == '-') {
                at = colon + 1;
                continue;
            }
            int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
            values[first + i] = value(columns.get(i).type(), text.substring(colon + 1, end));
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
            case BOOLEAN -> Boolean.valueOf(text);
            case DOUBLE, BINARY ->
                throw new IllegalArgumentException("no column that is ordered or partitioned by is " + type);
        };
    }
}
