@NullMarked
package io.github.tieredquery.dynamodb;

import org.jspecify.annotations.NullMarked;
