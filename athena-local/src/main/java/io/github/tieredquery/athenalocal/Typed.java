package io.github.tieredquery.athenalocal;

/** An expression in DuckDB's SQL, and the type that Trino gives it. */
record Typed(String sql, SqlType type) {}
