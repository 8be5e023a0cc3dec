package io.github.tieredquery.testkit;

import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Rows in a list: a source for tests of what stands above sources. Thread-safe. */
public final class MemorySource implements Source {

    private final String name;
    private final Table table;
    private final List<Row> rows;
    private final AtomicLong queries = new AtomicLong();
    private final Duration timeUnit;

    /**
     * A source over rows.
     *
     * @param name what messages call it
     * @param table the table
     * @param rows rows that have all columns of the table, in any order; copied
     */
    public MemorySource(String name, Table table, List<Row> rows) {
        this(name, table, rows, Duration.of(1, ChronoUnit.MICROS));
    }

    private MemorySource(String name, Table table, List<Row> rows, Duration timeUnit) {
        this.name = name;
        this.table = table;
        this.rows = List.copyOf(rows);
        this.timeUnit = timeUnit;
    }

    /**
     * The same rows in a source that says of itself that it keeps times in another unit.
     *
     * @param unit the unit
     * @return a source that has answered nothing yet
     */
    public MemorySource keepingTimesIn(Duration unit) {
        return new MemorySource(name, table, rows, unit);
    }

    @Override
    public Duration timeUnit(Column column) {
        return timeUnit;
    }

    /**
     * How many scans and counts were asked for.
     *
     * @return the number
     */
    public long queries() {
        return queries.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Table table() {
        return table;
    }

    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        control.check("opening " + name);
        Iterator<Row> matching = matching(scan).iterator();
        return new RowCursor() {
            @Override
            public @Nullable Row next() {
                control.check("reading from " + name);
                return matching.hasNext() ? matching.next() : null;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        control.check("counting in " + name);
        return new ScanCount(matching(scan).size(), ScanStats.UNKNOWN);
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return new ScanPlan(AccessPath.FILTER_SCAN, "the list " + name, scan.condition());
    }

    @Override
    public void close() {}

    private List<Row> matching(Scan scan) {
        queries.incrementAndGet();
        return MemoryRows.matching(table, rows, scan);
    }
}
