/** What differs between databases. */
@NullMarked
package io.github.tieredquery.jdbc.internal.dialect;

import org.jspecify.annotations.NullMarked;
