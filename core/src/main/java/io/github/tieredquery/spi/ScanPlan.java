package io.github.tieredquery.spi;

import io.github.tieredquery.query.Filter;

/**
 * How a source would answer a scan. Immutable.
 *
 * @param accessPath how it gets at the rows
 * @param statement the statement as the backend would get it, without the values that are bound to it
 * @param residual the part of the filter that is applied only to rows already read; {@link Filter#all()} if there is
 *     none
 */
public record ScanPlan(AccessPath accessPath, String statement, Filter residual) {}
