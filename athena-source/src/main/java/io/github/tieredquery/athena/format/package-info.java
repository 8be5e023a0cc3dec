/**
 * What a module implements that writes files of a further format:
 * {@link io.github.tieredquery.athena.format.FileFormat}.
 */
@NullMarked
package io.github.tieredquery.athena.format;

import org.jspecify.annotations.NullMarked;
