package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.table.ColumnType;

/** What a database's column holds, as far as it matters here. */
public enum SqlType {
    TRUTH,
    /** A small number, with which the database keeps truth values, too: 0 or 1. */
    NUMERIC_TRUTH,
    INT32,
    INT64,
    DOUBLE,
    DECIMAL,
    TEXT,
    /** Text of a fixed length, filled up with spaces. */
    PADDED_TEXT,
    DATE,
    /** An instant. */
    ZONED_TIME,
    /** Date and time of day without a zone. */
    LOCAL_TIME,
    BYTES,
    OTHER;

    public boolean holds(ColumnType.Kind kind) {
        return switch (kind) {
            case BOOLEAN -> this == TRUTH || this == NUMERIC_TRUTH;
            case INT32 -> this == INT32 || this == NUMERIC_TRUTH;
            case INT64 -> this == INT32 || this == INT64 || this == NUMERIC_TRUTH;
            case DOUBLE -> this == DOUBLE;
            case DECIMAL -> this == DECIMAL;
            case STRING -> this == TEXT || this == PADDED_TEXT;
            case DATE -> this == DATE;
            case TIMESTAMP -> this == ZONED_TIME || this == LOCAL_TIME;
            case BINARY -> this == BYTES;
        };
    }
}
