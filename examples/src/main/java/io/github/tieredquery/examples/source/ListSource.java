package io.github.tieredquery.examples.source;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The least that a source has to do, over rows in a list. Immutable and thread-safe. */
public final class ListSource implements Source {

    private final Table table;
    private final List<Row> rows;

    /**
     * A source.
     *
     * @param table the table
     * @param rows its rows with all its columns, in any order; copied
     */
    public ListSource(Table table, List<Row> rows) {
        this.table = table;
        this.rows = List.copyOf(rows);
    }

    @Override
    public String name() {
        return "list:" + table.name();
    }

    @Override
    public Table table() {
        return table;
    }

    // snippet: source
    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        control.check("opening " + name());
        Iterator<Row> found = found(scan).iterator();
        return new RowCursor() {
            @Override
            public @Nullable Row next() {
                control.check("reading from " + name());
                return found.hasNext() ? found.next() : null;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        control.check("counting in " + name());
        return new ScanCount(found(scan).count(), ScanStats.UNKNOWN);
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return new ScanPlan(AccessPath.FILTER_SCAN, "the list " + name(), scan.condition());
    }

    private Stream<Row> found(Scan scan) {
        return rows.stream()
                .filter(row ->
                        scan.range().contains(time(row)) && scan.condition().matches(row))
                .sorted(order(scan))
                .limit(scan.limit().orElse(Long.MAX_VALUE))
                .map(row -> scan.rowType()
                        .row(scan.rowType().names().stream().map(row::value).toArray()));
    }

    private Comparator<Row> order(Scan scan) {
        Comparator<Row> order = table.rowOrder(table.rowType());
        if (scan.order() == Order.NEWEST_FIRST) {
            order = order.reversed();
        }
        for (int i = scan.clusteredBy().size() - 1; i >= 0; i--) { // the first column counts most
            String column = scan.clusteredBy().get(i);
            Comparator<@Nullable Object> values =
                    Comparator.nullsLast(table.column(column).type().order());
            Comparator<Row> byColumn = (left, right) -> values.compare(left.value(column), right.value(column));
            order = byColumn.thenComparing(order);
        }
        return order;
    }
    // end

    private Instant time(Row row) {
        return Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
    }

    @Override
    public void close() {}
}
