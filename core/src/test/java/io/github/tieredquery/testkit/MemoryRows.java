package io.github.tieredquery.testkit;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers scans over rows in memory, by what {@link io.github.tieredquery.query.Filter#matches} says of each. */
final class MemoryRows {

    private MemoryRows() {}

    /** The rows that a scan asks for, in its order and with its columns. */
    static List<Row> matching(Table table, Collection<Row> rows, Scan scan) {
        Comparator<Row> order = table.rowOrder(table.rowType());
        Comparator<Row> direction = scan.order() == Order.OLDEST_FIRST ? order : order.reversed();
        List<Row> matching = new ArrayList<>();
        for (Row stored : rows) {
            Row row = as(table.rowType(), stored);
            if (scan.range()
                            .contains(Objects.requireNonNull(
                                    row.timestamp(table.timeColumn().name())))
                    && scan.condition().matches(row)) {
                matching.add(row);
            }
        }
        matching.sort(
                scan.clusteredBy().isEmpty()
                        ? direction
                        : clusterOrder(table, scan.clusteredBy()).thenComparing(direction));
        if (scan.rowType().equals(table.rowType())) {
            return List.copyOf(matching.subList(
                    0, (int) Math.min(matching.size(), scan.limit().orElse(Long.MAX_VALUE))));
        }
        return matching.stream()
                .limit(scan.limit().orElse(Long.MAX_VALUE))
                .map(row -> as(scan.rowType(), row))
                .toList();
    }

    /** A row with other columns; those that it doesn't have are NULL. */
    static Row as(RowType type, Row row) {
        return row.type().equals(type)
                ? row
                : type.row(type.names().stream()
                        .map(name -> row.type().has(name) ? row.value(name) : null)
                        .toArray());
    }

    /** NULL comes first if the clusters are of an odd number of columns: both is allowed. */
    private static Comparator<Row> clusterOrder(Table table, List<String> columns) {
        Comparator<Row> order = Comparator.comparing(row -> 0);
        for (String column : columns) {
            Comparator<Object> values = table.column(column).type().order();
            Comparator<@Nullable Object> withNull =
                    columns.size() % 2 == 1 ? Comparator.nullsFirst(values) : Comparator.nullsLast(values);
            order = order.thenComparing((left, right) -> withNull.compare(left.value(column), right.value(column)));
        }
        return order;
    }
}
