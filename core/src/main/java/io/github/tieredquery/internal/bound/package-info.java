/** A query that was checked against its table, and positions within its rows. */
@NullMarked
package io.github.tieredquery.internal.bound;

import org.jspecify.annotations.NullMarked;
