/** Reads what a plan asks for: key queries, merged and intersected, and the rows that they point at. */
@NullMarked
package io.github.tieredquery.dynamodb.internal.read;

import org.jspecify.annotations.NullMarked;
