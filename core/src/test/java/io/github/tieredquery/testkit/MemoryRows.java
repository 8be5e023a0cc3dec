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
                    && scan.filter().matches(row)) {
                matching.add(row);
            }
        }
        matching.sort(
                scan.clusteredBy().isEmpty()
                        ? direction
                        : clusterOrder(scan.clusteredBy()).thenComparing(direction));
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

    /** Any order will do in which equal values stand together. */
    private static Comparator<Row> clusterOrder(List<String> columns) {
        return Comparator.comparing(row -> columns.stream()
                .map(column -> row.value(column) == null ? "NULL" : "=" + row.value(column))
                .toList()
                .toString());
    }
}
