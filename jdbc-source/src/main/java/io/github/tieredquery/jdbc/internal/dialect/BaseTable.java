package io.github.tieredquery.jdbc.internal.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table that a relation's rows are in: itself, or the one that a simple view shows. A view is simple if it selects
 * from one table or simple view, without a sub-select, and the database deletes through it.
 *
 * @param table the table
 * @param views the views in front of it, the outermost first
 * @param columns the table's names of the outermost view's columns; expressions are left out. Null for a table
 */
public record BaseTable(
        TableName table, List<TableName> views, @Nullable Map<String, String> columns) {

    /** A view's definition, as far as it can be looked through. */
    record View(TableName from, Map<String, String> columns) {}

    /**
     * Looks for it.
     *
     * @return empty if the relation is a view that isn't simple, or something else whose rows aren't its own
     */
    public static Optional<BaseTable> of(Connection connection, Dialect dialect, TableName relation)
            throws SQLException {
        List<TableName> views = new ArrayList<>();
        Map<String, String> columns = null;
        TableName table = relation;
        while (!dialect.isTable(connection, table)) {
            Optional<View> view = dialect.view(connection, table);
            if (view.isEmpty() || views.contains(table)) {
                return Optional.empty();
            }
            views.add(table);
            columns = columns == null
                    ? view.get().columns()
                    : composed(columns, view.get().columns());
            table = view.get().from();
        }
        return Optional.of(new BaseTable(table, views, columns));
    }

    private static Map<String, String> composed(Map<String, String> outer, Map<String, String> inner) {
        Map<String, String> columns = new HashMap<>();
        outer.forEach((column, between) -> {
            String base = inner.get(between);
            if (base != null) {
                columns.put(column, base);
            }
        });
        return columns;
    }

    public boolean isViewed() {
        return !views.isEmpty();
    }

    /** The table's name of a relation's column, null if the column isn't one of the table's. */
    @Nullable
    public String column(String relationColumn) {
        return columns == null ? relationColumn : columns.get(relationColumn);
    }

    public Relation relation() {
        return Relation.table(List.of(table.schema(), table.name()));
    }
}
