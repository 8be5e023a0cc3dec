package io.github.tieredquery.table;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column of a {@link Table}.
 *
 * @param name lower-case letters, digits and {@code _}, not starting with a digit, at most 63 characters; names that
 *     start with {@code tq_} are the library's own. A backend's other name is mapped in its source
 * @param type the type
 * @param nullable whether the column can be null; time and key columns never are
 */
public record Column(String name, ColumnType type, boolean nullable) {

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if the name is malformed or reserved
     */
    public Column {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "column name '" + name
                            + "' must be 1 to 63 of a-z, 0-9 and _, not starting with a digit; map a backend's other name in its source");
        }
        if (name.startsWith("tq_")) {
            throw new IllegalArgumentException("column name '" + name + "' starts with tq_, which is reserved");
        }
    }

    /**
     * A value in its Java form, as {@link ColumnType#canonical} gives it.
     *
     * @throws IllegalArgumentException if the column can't hold it
     */
    @Nullable
    Object canonical(@Nullable Object value) {
        if (value == null) {
            if (!nullable) {
                throw new IllegalArgumentException("column '" + name + "': it is null, and the column never is");
            }
            return null;
        }
        try {
            return type.canonical(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("column '" + name + "': " + e.getMessage(), e);
        }
    }

    /**
     * The column as text.
     *
     * @return name, type and nullability
     */
    public String describe() {
        return name + " " + type + (nullable ? "" : " NOT NULL");
    }
}
