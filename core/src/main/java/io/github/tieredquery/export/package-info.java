/**
 * Bringing the rows of a query into one CSV object, most of which the object store moves by itself.
 * {@link io.github.tieredquery.export.Exporter} is the entry point.
 */
@NullMarked
package io.github.tieredquery.export;

import org.jspecify.annotations.NullMarked;
