package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.type.SqlType;

/** An expression in DuckDB's SQL, and the type that Trino gives it. */
public record Typed(String sql, SqlType type) {}
