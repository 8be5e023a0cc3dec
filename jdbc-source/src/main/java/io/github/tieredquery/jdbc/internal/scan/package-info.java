/** Reads rows of a table by SQL. */
@NullMarked
package io.github.tieredquery.jdbc.internal.scan;

import org.jspecify.annotations.NullMarked;
