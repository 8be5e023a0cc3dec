package io.github.tieredquery.spi;

import io.github.tieredquery.query.Filter;

/**
 * How a source would answer a scan. Immutable.
 *
 * @param accessPath how it gets at the rows
 * @param statement the statement as the backend would get it, without the values that are bound to it
 * @param residual the part of the filter that is applied only to rows already read; {@link Filter#all()} if there is
 *     none
 * @param capacityUnitsAtMost how many read capacity units the scan consumes at most, by what the backend knows of the
 *     table's size; -1 if it has no such units or can't say
 */
public record ScanPlan(AccessPath accessPath, String statement, Filter residual, double capacityUnitsAtMost) {

    /**
     * The plan of a backend without capacity units.
     *
     * @param accessPath how it gets at the rows
     * @param statement the statement as the backend would get it, without the values that are bound to it
     * @param residual the part of the filter that is applied only to rows already read
     */
    public ScanPlan(AccessPath accessPath, String statement, Filter residual) {
        this(accessPath, statement, residual, -1);
    }
}
