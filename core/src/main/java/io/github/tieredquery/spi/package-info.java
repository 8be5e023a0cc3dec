/**
 * What a backend implements. {@link io.github.tieredquery.spi.Source} is the entry point: it answers one
 * {@link io.github.tieredquery.spi.Scan} at a time.
 */
@NullMarked
package io.github.tieredquery.spi;

import org.jspecify.annotations.NullMarked;
