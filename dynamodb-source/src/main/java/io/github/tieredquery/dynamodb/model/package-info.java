/** What a table declares and what writing it can meet: {@link io.github.tieredquery.dynamodb.model.AccessPattern}. */
@NullMarked
package io.github.tieredquery.dynamodb.model;

import org.jspecify.annotations.NullMarked;
