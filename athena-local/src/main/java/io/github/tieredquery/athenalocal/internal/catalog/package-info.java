/** Databases, tables, partitions. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.catalog;

import org.jspecify.annotations.NullMarked;
