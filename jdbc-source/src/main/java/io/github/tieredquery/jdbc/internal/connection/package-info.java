/** A connection that is borrowed from the data source, and given back. */
@NullMarked
package io.github.tieredquery.jdbc.internal.connection;

import org.jspecify.annotations.NullMarked;
