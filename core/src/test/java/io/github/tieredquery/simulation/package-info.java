/** Archiver, readers, writers and crashes in one thread, in an order that a seed decides. */
@NullMarked
package io.github.tieredquery.simulation;

import org.jspecify.annotations.NullMarked;
