/**
 * A hot tier over DynamoDB with declared access patterns. {@link io.github.tieredquery.dynamodb.DynamoDbTable} declares
 * a table and its patterns, {@link io.github.tieredquery.dynamodb.DynamoDbSource} reads it and
 * {@link io.github.tieredquery.dynamodb.DynamoDbWriter} writes it.
 */
@NullMarked
package io.github.tieredquery.dynamodb;

import org.jspecify.annotations.NullMarked;
