/** How rows and index items lie in DynamoDB: keys, attributes, and the texts that they are made of. */
@NullMarked
package io.github.tieredquery.dynamodb.internal.model;

import org.jspecify.annotations.NullMarked;
