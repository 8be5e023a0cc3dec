package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.type.SqlType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns that an expression can name.
 *
 * @param parent the scope of the query around a subquery, null at the outermost
 */
public record Scope(@Nullable Scope parent, List<Field> fields) {

    public static final Scope EMPTY = new Scope(null, List.of());

    /**
     * A column in reach.
     *
     * @param relation the table's name or alias, null if there's none
     * @param name null for an expression without alias
     * @param sql how the generated SQL refers to it
     * @param hidden whether {@code *} leaves it out
     * @param origins the partition keys that its values are taken from, unchanged, one for each branch of a union
     */
    public record Field(
            @Nullable String relation,
            @Nullable String name,
            SqlType type,
            String sql,
            boolean hidden,
            List<Origin> origins) {

        Field withRelation(@Nullable String other) {
            return new Field(other, name, type, sql, hidden, origins);
        }

        Field withoutOrigins() {
            return new Field(relation, name, type, sql, hidden, List.of());
        }
    }

    /** A partition key of a scanned table. */
    public record Origin(TableScan scan, int key) {}

    /** The fields that a name, with or without its table's, means in this scope alone. */
    List<Field> find(List<String> parts) {
        String column = parts.get(parts.size() - 1);
        List<Field> found = new ArrayList<>();
        for (Field field : fields) {
            if (column.equalsIgnoreCase(field.name()) && qualifies(field, parts)) {
                found.add(field);
            }
        }
        return found;
    }

    private static boolean qualifies(Field field, List<String> parts) {
        if (parts.size() == 1) {
            return true;
        }
        String relation = parts.get(parts.size() - 2);
        return relation.equalsIgnoreCase(field.relation());
    }
}
