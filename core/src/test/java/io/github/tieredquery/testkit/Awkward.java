package io.github.tieredquery.testkit;

import io.github.tieredquery.table.Row;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A value of {@link ContractRows#READINGS} that some backend cannot hold. What a backend declares so must be refused
 * when it is written, with the column's name, and must never be changed in silence.
 */
public enum Awkward {
    /** A double that isn't a number. */
    NAN(ContractRows.RATIO, Double.NaN),
    /** The greatest double. */
    POSITIVE_INFINITY(ContractRows.RATIO, Double.POSITIVE_INFINITY),
    /** The least double. */
    NEGATIVE_INFINITY(ContractRows.RATIO, Double.NEGATIVE_INFINITY),
    /** The zero that equals 0.0 and is another value. */
    NEGATIVE_ZERO(ContractRows.RATIO, -0.0),
    /** A line feed in a string. */
    LINE_FEED(ContractRows.LABEL, "first\nsecond", "\n"),
    /** A carriage return in a string. */
    CARRIAGE_RETURN(ContractRows.LABEL, "first\rsecond", "\r"),
    /** A string that is empty and not NULL. */
    EMPTY_STRING(ContractRows.LABEL, "");

    private final String column;
    private final Object value;
    private final Predicate<Object> same;

    Awkward(String column, Object value) {
        this.column = column;
        this.value = value;
        this.same = value::equals;
    }

    Awkward(String column, String value, String part) {
        this.column = column;
        this.value = value;
        this.same = other -> other instanceof String text && text.contains(part);
    }

    /**
     * The column that the value stands in.
     *
     * @return its name
     */
    public String column() {
        return column;
    }

    /**
     * The value.
     *
     * @return the value in its Java form
     */
    public Object value() {
        return value;
    }

    /** Whether any column of a row holds such a value. */
    boolean isIn(Row row) {
        for (int i = 0; i < row.type().columns().size(); i++) {
            Object other = row.value(i);
            if (Objects.nonNull(other) && same.test(other)) {
                return true;
            }
        }
        return false;
    }
}
