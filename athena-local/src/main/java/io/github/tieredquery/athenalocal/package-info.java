/**
 * An Athena that runs in the JVM, for tests and for trying things out. The entry point is
 * {@link io.github.tieredquery.athenalocal.AthenaLocal}.
 */
@NullMarked
package io.github.tieredquery.athenalocal;

import org.jspecify.annotations.NullMarked;
