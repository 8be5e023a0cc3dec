/** Reads a statement's result file, in order and with bounded memory. */
@NullMarked
package io.github.tieredquery.athena.internal.result;

import org.jspecify.annotations.NullMarked;
