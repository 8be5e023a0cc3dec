/** Writes files, registers partitions, and removes what is dead. */
@NullMarked
package io.github.tieredquery.athena.internal.archive;

import org.jspecify.annotations.NullMarked;
