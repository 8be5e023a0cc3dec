package io.github.tieredquery.testkit;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Rows that count as open until they are closed, and that refuse to be read afterwards. */
final class MemoryCursor implements RowCursor {

    private final Iterator<Row> rows;
    private final String source;
    private final String step;
    private final ScanStats stats;
    private final ScanControl control;
    private final StepHook hook;
    private final AtomicInteger open;
    private final AtomicBoolean closed = new AtomicBoolean();

    MemoryCursor(
            List<Row> rows,
            String source,
            String step,
            ScanStats stats,
            ScanControl control,
            StepHook hook,
            AtomicInteger open) {
        this.rows = rows.iterator();
        this.source = source;
        this.step = step;
        this.stats = stats;
        this.control = control;
        this.hook = hook;
        this.open = open;
        open.incrementAndGet();
    }

    @Override
    public @Nullable Row next() {
        hook.at(step);
        control.check("reading from " + source);
        if (closed.get()) {
            throw new QueryCancelledException("a closed cursor of " + source + " was read");
        }
        return rows.hasNext() ? rows.next() : null;
    }

    @Override
    public ScanStats stats() {
        return stats;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            open.decrementAndGet();
        }
    }
}
