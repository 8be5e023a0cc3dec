/**
 * How scans become SQL and result sets become rows. Not part of the library's API: it changes without notice.
 * {@link io.github.tieredquery.jdbc.internal.scan.PhysicalTable} is the entry point.
 */
@NullMarked
package io.github.tieredquery.jdbc.sql;

import org.jspecify.annotations.NullMarked;
