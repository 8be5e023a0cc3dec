/** What the catalog says of a table, held against what it should be. */
@NullMarked
package io.github.tieredquery.athena.internal.catalog;

import org.jspecify.annotations.NullMarked;
