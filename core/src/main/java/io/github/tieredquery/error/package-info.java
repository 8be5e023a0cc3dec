/**
 * What can go wrong, as types that a caller can act on. {@link io.github.tieredquery.error.TieredQueryException} is the
 * root of them all; a mistake in calling the library is a JDK exception instead.
 */
@NullMarked
package io.github.tieredquery.error;

import org.jspecify.annotations.NullMarked;
