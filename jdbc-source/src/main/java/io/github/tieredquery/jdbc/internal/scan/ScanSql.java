package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.SqlColumn;
import io.github.tieredquery.jdbc.internal.dialect.SqlText;
import io.github.tieredquery.partition.PartitionLook;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.ListText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Renders the parts of a scan. Immutable and thread-safe. */
final class ScanSql {

    /** Rows hold the years 1 to 9999: a bound beyond them excludes nothing, and few databases could take it. */
    private static final Instant FIRST = TimeRange.SUPPORTED.from();

    private static final Instant AFTER_LAST = TimeRange.SUPPORTED.to();

    private final PhysicalTable table;
    private final Dialect dialect;
    private final PartitionSql partitions;

    ScanSql(PhysicalTable table, Dialect dialect, PartitionSql partitions) {
        this.table = table;
        this.dialect = dialect;
        this.partitions = partitions;
    }

    /** Whether a scan needs no query, since nothing can match. */
    static boolean isEmpty(Scan scan) {
        TimeRange range = scan.range();
        return range.isEmpty()
                || !range.from().isBefore(AFTER_LAST)
                || !range.to().isAfter(FIRST)
                || scan.filter() instanceof Filter.None
                || scan.limit().orElse(1) == 0;
    }

    /** A scan's rows in any order and without its limit. */
    SqlText selectUnordered(Scan scan) {
        SqlText sql = new SqlText();
        sql.add(scan.rowType().names().stream()
                .map(name -> dialect.selected(table.column(name)))
                .collect(Collectors.joining(", ", "SELECT ", " FROM " + table.from())));
        where(sql, scan);
        return sql;
    }

    SqlText select(Scan scan) {
        SqlText sql = selectUnordered(scan);
        String direction = scan.order() == Order.OLDEST_FIRST ? " ASC" : " DESC";
        List<String> order = new ArrayList<>();
        scan.clusteredBy().forEach(name -> order.add(dialect.ordered(table.column(name))));
        scan.table().orderColumns().forEach(name -> order.add(dialect.ordered(table.column(name)) + direction));
        sql.add(" ORDER BY " + String.join(", ", order));
        limit(sql, scan);
        return sql;
    }

    /**
     * The values of partition columns, each combination that has rows once, in the time partitions that a scan needs.
     */
    SqlText selectPartitions(Scan scan, List<String> names) {
        SqlText sql = new SqlText();
        sql.add(names.stream()
                .map(name -> dialect.selected(partitionColumn(name)))
                .collect(Collectors.joining(", ", "SELECT DISTINCT ", " FROM " + table.from())));
        List<String> conditions = partitions.conditions(scan);
        return conditions.isEmpty() ? sql : sql.add(" WHERE " + String.join(" AND ", conditions));
    }

    /** A partition that isn't one of the layout's, if there is one. */
    SqlText selectOthers(PartitionLook look, List<String> names) {
        SqlText sql = new SqlText();
        sql.add(names.stream()
                .map(name -> dialect.selected(partitionColumn(name)))
                .collect(Collectors.joining(", ", "SELECT ", " FROM " + table.from())));
        return sql.add(partitions.signs(look, table::column).stream()
                        .collect(Collectors.joining(" OR ", " WHERE ", "")))
                .add(" LIMIT 1");
    }

    SqlColumn partitionColumn(String name) {
        SqlColumn own = partitions.column(name);
        return own == null ? table.column(name) : own;
    }

    SqlText count(Scan scan) {
        SqlText sql = new SqlText();
        if (scan.limit().isEmpty()) {
            sql.add("SELECT COUNT(*) FROM " + table.from());
            where(sql, scan);
            return sql;
        }
        sql.add("SELECT COUNT(*) FROM (SELECT 1 AS one FROM " + table.from());
        where(sql, scan);
        limit(sql, scan);
        return sql.add(") AS limited");
    }

    private static void limit(SqlText sql, Scan scan) {
        scan.limit().ifPresent(rows -> sql.add(" LIMIT " + rows));
    }

    void where(SqlText sql, Scan scan) {
        List<Consumer<SqlText>> conditions = new ArrayList<>();
        Filter condition = scan.condition();
        partitions.conditions(scan).forEach(pruning -> conditions.add(text -> text.add(pruning)));
        range(scan.range(), conditions);
        if (!(condition instanceof Filter.All)) {
            conditions.add(text -> filter(text, condition));
        }
        for (int i = 0; i < conditions.size(); i++) {
            sql.add(i == 0 ? " WHERE " : " AND ");
            conditions.get(i).accept(sql);
        }
    }

    /** A bound of the range, as the first local time in it or after it where times are local. */
    private void range(TimeRange range, List<Consumer<SqlText>> conditions) {
        SqlColumn time = table.column(table.table().timeColumn().name());
        if (range.from().isAfter(FIRST)) {
            conditions.add(sql -> dialect.compareBound(sql, time, Operator.GE, bound(time, range.from())));
        }
        if (range.to().isBefore(AFTER_LAST)) {
            conditions.add(sql -> dialect.compareBound(sql, time, Operator.LT, bound(time, range.to())));
        }
    }

    static Object bound(SqlColumn time, Instant instant) {
        return time.localTimes() == null ? instant : time.localTimes().notBefore(instant);
    }

    void filter(SqlText sql, Filter filter) {
        if (filter instanceof Filter.Comparison comparison) {
            dialect.compare(sql, table.column(comparison.column()), comparison.operator(), comparison.value());
        } else if (filter instanceof Filter.In in) {
            dialect.in(sql, table.column(in.column()), in.values());
        } else if (filter instanceof Filter.Prefix prefix) {
            dialect.prefix(sql, table.column(prefix.column()), prefix.prefix());
        } else if (filter instanceof Filter.HasElement has) {
            dialect.contains(sql, table.column(has.column()), ListText.needle(has.element()));
        } else if (filter instanceof Filter.IsNull isNull) {
            sql.add(table.column(isNull.column()).sql() + " IS NULL");
        } else if (filter instanceof Filter.And and) {
            joined(sql, and.filters(), " AND ");
        } else if (filter instanceof Filter.Or or) {
            joined(sql, or.filters(), " OR ");
        } else if (filter instanceof Filter.Not not) {
            sql.add("NOT (");
            filter(sql, not.filter());
            sql.add(")");
        } else if (filter instanceof Filter.All || filter instanceof Filter.None) {
            sql.add(filter instanceof Filter.All ? "1 = 1" : "1 = 0");
        } else {
            throw new IllegalStateException("no SQL for " + filter.getClass());
        }
    }

    private void joined(SqlText sql, List<Filter> filters, String word) {
        for (int i = 0; i < filters.size(); i++) {
            sql.add(i == 0 ? "(" : word);
            filter(sql, filters.get(i));
        }
        sql.add(")");
    }
}
