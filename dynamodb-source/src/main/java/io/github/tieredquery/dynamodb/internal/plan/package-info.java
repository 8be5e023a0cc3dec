/** Finds the access pattern that serves a scan, or says which one would. */
@NullMarked
package io.github.tieredquery.dynamodb.internal.plan;

import org.jspecify.annotations.NullMarked;
