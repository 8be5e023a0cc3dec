/** Runs one statement: start, poll, retry, stop. */
@NullMarked
package io.github.tieredquery.athena.internal.execution;

import org.jspecify.annotations.NullMarked;
