package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.jdbc.internal.scan.ConnectionWatch;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a scan page by page, each page a query of its own that starts behind the last row of the page before. Inside a
 * consistent-read transaction that gives the same rows as one query, and between pages the connection is free for other
 * cursors: MySQL's and MariaDB's drivers can't stream several results on one connection without holding all but one of
 * them in memory.
 */
final class KeysetCursor implements RowCursor {

    private final Scan scan;
    private final RowType pageType;
    private final int @Nullable [] projection;
    private final int pageRows;
    private final Function<Scan, RowCursor> opener;
    private final ScanControl control;
    private final ScanControl.Registration registration;
    private final String what;
    private final ReentrantLock reading = new ReentrantLock();
    private final Queue<Row> page = new ArrayDeque<>();
    private volatile @Nullable RowCursor current;
    private volatile boolean stopped;
    private volatile boolean closed;
    private @Nullable Row last;
    private long handedOut;
    private boolean exhausted;

    /**
     * A cursor that has read its first page.
     *
     * @param scan what to read
     * @param pageRows how many rows a page has
     * @param opener reads one page, with nothing else on the connection meanwhile
     * @param control tells when to stop
     * @param what what is being done, for messages
     */
    KeysetCursor(Scan scan, int pageRows, Function<Scan, RowCursor> opener, ScanControl control, String what) {
        this.control = control;
        this.what = what;
        this.scan = scan;
        this.pageRows = pageRows;
        this.opener = opener;
        this.pageType = withOrderColumns();
        this.projection = pageType.equals(scan.rowType())
                ? null
                : scan.rowType().names().stream().mapToInt(pageType::indexOf).toArray();
        this.registration = control.onStop(() -> stopped = true);
        fetchFirst();
    }

    private void fetchFirst() {
        try {
            fetch();
        } catch (RuntimeException e) {
            registration.close();
            throw e;
        }
    }

    private RowType withOrderColumns() {
        List<Column> columns = new ArrayList<>(scan.rowType().columns());
        List<String> ordering = new ArrayList<>(scan.clusteredBy());
        ordering.addAll(scan.table().orderColumns());
        for (String name : ordering) {
            Column column = scan.table().column(name);
            if (!columns.contains(column)) {
                columns.add(column);
            }
        }
        return RowType.of(columns);
    }

    @Override
    public @Nullable Row next() {
        reading.lock();
        try {
            if (stopped) {
                control.check(what);
            }
            if (closed) {
                throw new QueryCancelledException("the cursor was closed while " + what);
            }
            if (page.isEmpty() && !exhausted) {
                fetch();
            }
            Row row = page.poll();
            return row == null ? null : projected(row);
        } finally {
            reading.unlock();
        }
    }

    private Row projected(Row row) {
        int[] indexes = projection;
        if (indexes == null) {
            return row;
        }
        @Nullable Object[] values = new @Nullable Object[indexes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(indexes[i]);
        }
        return scan.rowType().row(values);
    }

    private void fetch() {
        long left = scan.limit().orElse(Long.MAX_VALUE) - handedOut;
        long wanted = Math.min(left, pageRows);
        Scan next = scan.rowType(pageType).limit(wanted);
        Row behind = last;
        if (behind != null) {
            next = behind(next, behind);
        }
        int read = 0;
        try (RowCursor rows = opener.apply(next)) {
            current = rows;
            for (Row row = rows.next(); row != null; row = rows.next()) {
                page.add(row);
                last = row;
                read++;
            }
        } finally {
            current = null;
        }
        handedOut += read;
        exhausted = read < wanted || wanted == left;
    }

    /** What follows a row. In clusters the time starts anew with each, so that none of the range is left out. */
    private Scan behind(Scan next, Row row) {
        if (!scan.clusteredBy().isEmpty()) {
            return next.filter(Filter.and(scan.filter(), behind(row)));
        }
        RowPosition position = RowPosition.of(scan.table(), row);
        return next.range(position.rest(scan.range(), scan.order())).startAfter(position);
    }

    /** Behind the row in the first column that clusters, or equal there and behind it in what follows. */
    private Filter behind(Row row) {
        Filter filter = RowPosition.of(scan.table(), row).toFilter(scan.table(), scan.order());
        List<String> clusters = scan.clusteredBy();
        for (int i = clusters.size() - 1; i >= 0; i--) {
            String column = clusters.get(i);
            Object value = row.value(column);
            Filter isNull = new Filter.IsNull(column);
            Filter equal = value == null ? isNull : new Filter.Comparison(column, Operator.EQ, value);
            // NULL comes first in these databases, and clusters ascend always.
            Filter after = value == null ? Filter.not(isNull) : new Filter.Comparison(column, Operator.GT, value);
            filter = Filter.or(after, Filter.and(equal, filter));
        }
        return filter;
    }

    /** A page that is being read on another thread is stopped and waited for. */
    @Override
    public void close() {
        closed = true;
        registration.close();
        RowCursor rows = current;
        if (rows != null) {
            rows.close();
        }
        // A reader that doesn't come back in time lets go of its page by itself.
        if (ConnectionWatch.graceful(reading)) {
            try {
                page.clear();
            } finally {
                reading.unlock();
            }
        }
    }
}
