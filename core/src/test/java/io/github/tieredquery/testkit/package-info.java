/**
 * The contract that every {@link io.github.tieredquery.spi.Source} passes.
 * {@link io.github.tieredquery.testkit.SourceContract} is the entry point: extend it and say how a source gets its
 * rows.
 */
@NullMarked
package io.github.tieredquery.testkit;

import org.jspecify.annotations.NullMarked;
