package io.github.tieredquery.internal.bound;

import io.github.tieredquery.table.Row;
import java.math.BigDecimal;

/** About how large rows are, for bounds on what is held or sent. */
public final class RowBytes {

    private static final int FIXED = 8;

    private RowBytes() {}

    /** The bytes of a row's values: 8 for each, those of byte strings as they are, of texts as UTF-16. */
    public static long of(Row row) {
        long bytes = 0;
        for (int i = 0; i < row.type().columns().size(); i++) {
            Object value = row.value(i);
            if (value instanceof String text) {
                bytes += 2L * text.length();
            } else if (value instanceof byte[] binary) {
                bytes += binary.length;
            } else if (value instanceof BigDecimal decimal) {
                bytes += decimal.unscaledValue().bitLength() / Byte.SIZE + 1L;
            }
            bytes += FIXED;
        }
        return bytes;
    }
}
