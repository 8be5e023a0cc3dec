/** Trino's SQL in DuckDB's. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.trino;

import org.jspecify.annotations.NullMarked;
