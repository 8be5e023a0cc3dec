@NullMarked
package io.github.tieredquery.internal.cursor;

import org.jspecify.annotations.NullMarked;
