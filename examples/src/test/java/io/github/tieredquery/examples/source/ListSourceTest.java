package io.github.tieredquery.examples.source;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.SourceContract;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The source that the documents show gives what every source has to give. */
class ListSourceTest extends SourceContract {

    private final AtomicLong queries = new AtomicLong();

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        return new Counted(new ListSource(table, rows), queries);
    }

    @Override
    protected long queriesStarted() {
        return queries.get();
    }

    /** A list starts no query that anybody could count, so they are counted on their way in. */
    private record Counted(ListSource source, AtomicLong queries) implements Source {

        @Override
        public String name() {
            return source.name();
        }

        @Override
        public Table table() {
            return source.table();
        }

        @Override
        public RowCursor open(Scan scan, ScanControl control) {
            queries.incrementAndGet();
            return source.open(scan, control);
        }

        @Override
        public ScanCount count(Scan scan, ScanControl control) {
            queries.incrementAndGet();
            return source.count(scan, control);
        }

        @Override
        public ScanPlan explain(Scan scan) {
            return source.explain(scan);
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
