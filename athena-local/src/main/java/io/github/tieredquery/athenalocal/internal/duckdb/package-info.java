/** DuckDB, and the files that it can't read by itself. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.duckdb;

import org.jspecify.annotations.NullMarked;
