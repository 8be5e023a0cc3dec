package io.github.tieredquery.athenalocal.internal.catalog;

import io.github.tieredquery.athenalocal.internal.type.SqlType;

/**
 * A column of a table, or one of its partition keys.
 *
 * @param declaredType the type as the DDL declares it, e.g. {@code string}
 */
public record Column(String name, String declaredType, SqlType type) {}
