/** Exports' statements and where their results lie. */
@NullMarked
package io.github.tieredquery.athena.internal.export;

import org.jspecify.annotations.NullMarked;
