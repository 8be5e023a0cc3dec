/** Rows in a database that JDBC reaches. {@link io.github.tieredquery.jdbc.JdbcSource} is the entry point. */
@NullMarked
package io.github.tieredquery.jdbc;

import org.jspecify.annotations.NullMarked;
