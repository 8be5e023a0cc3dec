package io.github.tieredquery.jdbc.internal.dialect;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stands after FROM. Immutable.
 *
 * @param parts the parts of a table's name, catalog or schema first; empty for an expression
 * @param expression a FROM expression that the developer has written, empty for a table
 */
public record Relation(List<String> parts, String expression) {

    /**
     * A table or a view.
     *
     * @param parts the parts of its name
     * @return the relation
     */
    public static Relation table(List<String> parts) {
        return new Relation(List.copyOf(parts), "");
    }

    /**
     * An expression such as {@code read_parquet('…')}.
     *
     * @param sql the text, taken as it is
     * @return the relation
     */
    public static Relation expression(String sql) {
        return new Relation(List.of(), sql);
    }

    /**
     * Whether this is a table or a view.
     *
     * @return whether it isn't an expression
     */
    public boolean isTable() {
        return !parts.isEmpty();
    }

    public String sql(Dialect dialect) {
        return isTable() ? parts.stream().map(dialect::quote).collect(Collectors.joining(".")) : expression;
    }

    /** The last part of the name. */
    String table() {
        return parts.get(parts.size() - 1);
    }

    /** The part of the name before the last, null if there is none. */
    @Nullable
    String schema() {
        return parts.size() > 1 ? parts.get(parts.size() - 2) : null;
    }
}
