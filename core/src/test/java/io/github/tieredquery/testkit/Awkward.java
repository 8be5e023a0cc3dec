package io.github.tieredquery.testkit;

import io.github.tieredquery.table.Row;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@link ContractRows#READINGS} that some backend cannot hold. What a backend declares so must be refused
 * when it is written, with the column's name, and must never be changed in silence.
 */
public enum Awkward {
    /** A double that isn't a number. */
    NAN,
    /** The greatest double. */
    POSITIVE_INFINITY,
    /** The least double. */
    NEGATIVE_INFINITY,
    /** The zero that equals 0.0 and is another value. */
    NEGATIVE_ZERO,
    /** A line feed in a string. */
    LINE_FEED,
    /** A carriage return in a string. */
    CARRIAGE_RETURN,
    /** A string that is empty and not NULL. */
    EMPTY_STRING;

    /**
     * The column that the value stands in.
     *
     * @return its name
     */
    public String column() {
        return value() instanceof Double ? ContractRows.RATIO : ContractRows.LABEL;
    }

    /**
     * The value.
     *
     * @return the value in its Java form
     */
    public Object value() {
        return switch (this) {
            case NAN -> Double.NaN;
            case POSITIVE_INFINITY -> Double.POSITIVE_INFINITY;
            case NEGATIVE_INFINITY -> Double.NEGATIVE_INFINITY;
            case NEGATIVE_ZERO -> -0.0;
            case LINE_FEED -> "first\nsecond";
            case CARRIAGE_RETURN -> "first\rsecond";
            case EMPTY_STRING -> "";
        };
    }

    /** Whether any column of a row holds such a value. */
    boolean isIn(Row row) {
        for (int i = 0; i < row.type().columns().size(); i++) {
            if (covers(row.value(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean covers(@Nullable Object other) {
        return switch (this) {
            case LINE_FEED -> other instanceof String text && text.contains("\n");
            case CARRIAGE_RETURN -> other instanceof String text && text.contains("\r");
            default -> value().equals(other);
        };
    }
}
