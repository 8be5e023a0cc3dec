/** Calls of DynamoDB: retries, throttling, consumed capacity, batches. */
@NullMarked
package io.github.tieredquery.dynamodb.internal.calls;

import org.jspecify.annotations.NullMarked;
