/** The logical table and its rows. {@link io.github.tieredquery.table.Table} is the entry point. */
@NullMarked
package io.github.tieredquery.table;

import org.jspecify.annotations.NullMarked;
