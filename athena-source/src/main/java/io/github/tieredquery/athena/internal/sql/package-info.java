/** The SQL that Athena is asked: two grammars, two escapers. */
@NullMarked
package io.github.tieredquery.athena.internal.sql;

import org.jspecify.annotations.NullMarked;
