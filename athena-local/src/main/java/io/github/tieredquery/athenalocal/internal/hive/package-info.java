/** Hive's grammar, for DDL. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.hive;

import org.jspecify.annotations.NullMarked;
