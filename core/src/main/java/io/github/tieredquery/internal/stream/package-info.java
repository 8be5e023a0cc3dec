/** Streams and pages: the parts of a range, opened one after the other in their order. */
@NullMarked
package io.github.tieredquery.internal.stream;

import org.jspecify.annotations.NullMarked;
