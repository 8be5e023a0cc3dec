/** Real flights, which the quick start and its tests work on. {@code NOTICE.md} says where they come from. */
@NullMarked
package io.github.tieredquery.examples.flights;

import org.jspecify.annotations.NullMarked;
