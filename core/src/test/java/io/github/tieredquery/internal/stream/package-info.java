@NullMarked
package io.github.tieredquery.internal.stream;

import org.jspecify.annotations.NullMarked;
