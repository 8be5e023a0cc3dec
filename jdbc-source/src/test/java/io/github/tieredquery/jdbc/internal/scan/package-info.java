@NullMarked
package io.github.tieredquery.jdbc.internal.scan;

import org.jspecify.annotations.NullMarked;
