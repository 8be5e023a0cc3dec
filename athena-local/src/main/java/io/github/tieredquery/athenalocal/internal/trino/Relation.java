package io.github.tieredquery.athenalocal.internal.trino;

import java.util.List;

/**
 * A translated query or relation.
 *
 * @param sql a SELECT for a query, a FROM item for a relation
 */
public record Relation(String sql, List<Scope.Field> fields) {

    public List<Scope.Field> visible() {
        return fields.stream().filter(field -> !field.hidden()).toList();
    }
}
