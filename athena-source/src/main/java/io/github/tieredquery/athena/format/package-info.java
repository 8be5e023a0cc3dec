/** How files are written and partitions registered. */
@NullMarked
package io.github.tieredquery.athena.format;

import org.jspecify.annotations.NullMarked;
