package io.github.tieredquery.athenalocal;

import java.util.List;

/** Partition projection: the partitions of a table come from its properties instead of the catalog. */
final class Projection {
    private final Table table;

    private Projection(Table table) {
        this.table = table;
    }

    static Projection of(Table table) {
        return new Projection(table);
    }

    List<Partition> partitions(List<String> filters) {
        throw QueryFailedException.of("NOT_SUPPORTED", "Projection of " + table.name() + filters);
    }
}
