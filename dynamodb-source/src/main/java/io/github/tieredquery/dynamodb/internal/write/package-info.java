/** Writes a row and its index items in one transaction. */
@NullMarked
package io.github.tieredquery.dynamodb.internal.write;

import org.jspecify.annotations.NullMarked;
