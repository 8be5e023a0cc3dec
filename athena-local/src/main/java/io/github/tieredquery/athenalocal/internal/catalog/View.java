package io.github.tieredquery.athenalocal.internal.catalog;

import io.trino.sql.tree.Query;
import java.util.List;

/**
 * A view of the catalog: its query, and its columns.
 *
 * @param session the database that the query's plain names mean
 */
public record View(String database, String name, Query query, List<Column> columns, String session) {

    public List<String> columnNames() {
        return columns.stream().map(Column::name).toList();
    }
}
