/** Asking one table over both of its tiers. {@link io.github.tieredquery.TieredQuery} is the entry point. */
@NullMarked
package io.github.tieredquery;

import org.jspecify.annotations.NullMarked;
