@NullMarked
package io.github.tieredquery.query;

import org.jspecify.annotations.NullMarked;
