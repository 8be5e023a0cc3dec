/** The archive's tables in the hot database, and the transactions that change them. */
@NullMarked
package io.github.tieredquery.jdbc.internal.journal;

import org.jspecify.annotations.NullMarked;
