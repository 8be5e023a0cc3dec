/** Moving old rows from the hot to the cold tier. {@link io.github.tieredquery.archive.Archiver} is the entry point. */
@NullMarked
package io.github.tieredquery.archive;

import org.jspecify.annotations.NullMarked;
