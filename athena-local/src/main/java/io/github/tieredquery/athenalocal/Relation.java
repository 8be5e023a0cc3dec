package io.github.tieredquery.athenalocal;

import java.util.List;

/**
 * A translated query or relation.
 *
 * @param sql a SELECT for a query, a FROM item for a relation
 */
record Relation(String sql, List<Scope.Field> fields) {

    List<Scope.Field> visible() {
        return fields.stream().filter(field -> !field.hidden()).toList();
    }
}
