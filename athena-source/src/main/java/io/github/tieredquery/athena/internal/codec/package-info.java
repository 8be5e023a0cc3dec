/** How a column's values stand in files and in SQL. */
@NullMarked
package io.github.tieredquery.athena.internal.codec;

import org.jspecify.annotations.NullMarked;
