package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Rows that DynamoDB gives in no useful order, sorted in memory: the first of them up to a limit. */
public final class SortedCursor implements RowCursor {

    private final RowCursor rows;
    private final ScanSession reading;
    private final Iterator<Row> sorted;

    /**
     * Reads all rows.
     *
     * @param limit how many rows at most
     * @param mostRows how many rows may be held
     * @throws BadQueryException if more must be held
     */
    public SortedCursor(RowCursor rows, Comparator<Row> order, long limit, int mostRows, ScanSession reading) {
        this.rows = rows;
        this.reading = reading;
        PriorityQueue<Row> last = new PriorityQueue<>(order.reversed());
        for (Row row = rows.next(); row != null; row = rows.next()) {
            last.add(row);
            if (last.size() > limit) {
                last.poll();
            } else if (last.size() > mostRows) {
                throw new BadQueryException(reading.calls().name() + ": more than " + mostRows
                        + " rows would have to be sorted in memory; name the partition, narrow the filter, give the"
                        + " query a limit, or raise maxSortedRows(…)");
            }
        }
        this.sorted = last.stream().sorted(order).iterator();
    }

    @Override
    public @Nullable Row next() {
        reading.check();
        return sorted.hasNext() ? sorted.next() : null;
    }

    @Override
    public ScanStats stats() {
        return rows.stats();
    }

    @Override
    public void close() {
        rows.close();
    }
}
