package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.Table;
import java.util.ArrayList;
import java.util.List;

/** One place in a query where a table is read. */
public final class TableScan {
    private final int number;
    private final Table table;
    private final List<Column> columns;
    private final boolean listing;
    private final List<String> filters = new ArrayList<>();

    /** A listing reads the table's partitions instead of its rows. */
    TableScan(int number, Table table, boolean listing) {
        this.number = number;
        this.table = table;
        this.columns = table.columns();
        this.listing = listing;
    }

    public Table table() {
        return table;
    }

    /** The table's columns when the query was translated. */
    public List<Column> columns() {
        return columns;
    }

    public boolean isListing() {
        return listing;
    }

    /** The name that the generated SQL reads it by. */
    public String view() {
        return "scan_" + number;
    }

    /** Adds a condition over {@code p.k0, p.k1, …} that partitions must meet to be read. */
    void addFilter(String condition) {
        filters.add(condition);
    }

    public List<String> filters() {
        return filters;
    }
}
