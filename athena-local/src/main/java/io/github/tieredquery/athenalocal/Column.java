package io.github.tieredquery.athenalocal;

/**
 * A column of a table, or one of its partition keys.
 *
 * @param declaredType the type as the DDL declares it, e.g. {@code string}
 */
record Column(String name, String declaredType, SqlType type) {}
