@NullMarked
package io.github.tieredquery.dynamodb.internal.model;

import org.jspecify.annotations.NullMarked;
