/** How the files of a table hold its rows: what Athena has to know to read them, and what writes them. */
@NullMarked
package io.github.tieredquery.athena.internal.format;

import org.jspecify.annotations.NullMarked;
