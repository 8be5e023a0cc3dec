package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.internal.bound.QueryLog;
import io.github.tieredquery.plan.QueryListener;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanCharge;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Counts the rows of a slice and reports it once, when it has ended or is closed. */
public final class ReportingCursor implements RowCursor {

    private static final Logger LOG = QueryLog.LOG;

    private final RowCursor cursor;
    private final Tier tier;
    private final Source source;
    private final TimeRange range;
    private final long startNanos;
    private final QueryListener listener;
    private final AtomicBoolean reported = new AtomicBoolean();
    /** One thread reads rows and counts; whoever closes looks at the count, so no row needs a memory fence. */
    private final AtomicLong rows = new AtomicLong();

    public ReportingCursor(
            RowCursor cursor, Tier tier, Source source, TimeRange range, long startNanos, QueryListener listener) {
        this.cursor = cursor;
        this.tier = tier;
        this.source = source;
        this.range = range;
        this.startNanos = startNanos;
        this.listener = listener;
    }

    @Override
    public @Nullable Row next() {
        Row row = cursor.next();
        if (row == null) {
            report();
        } else {
            rows.lazySet(rows.getPlain() + 1);
        }
        return row;
    }

    @Override
    public ScanStats stats() {
        return cursor.stats();
    }

    @Override
    public void close() {
        try {
            cursor.close();
        } finally {
            report();
        }
    }

    private void report() {
        if (reported.compareAndSet(false, true)) {
            report(tier, source, range, rows.get(), cursor.stats(), startNanos, listener);
        }
    }

    /** Asks a source, and reports what it says a scan has cost that ends with an error. */
    public static <T> T charged(
            Supplier<T> call, Tier tier, Source source, TimeRange range, long startNanos, QueryListener listener) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            ScanCharge.of(e).ifPresent(stats -> report(tier, source, range, 0, stats, startNanos, listener));
            throw e;
        }
    }

    public static void report(
            Tier tier,
            Source source,
            TimeRange range,
            long rows,
            ScanStats stats,
            long startNanos,
            QueryListener listener) {
        SliceReport report = new SliceReport(
                tier,
                source.name(),
                range,
                rows,
                Duration.ofNanos(System.nanoTime() - startNanos),
                stats,
                source.costOf(stats));
        LOG.debug(
                "slice {} {} {}: {} rows, {} bytes scanned, {} USD, {} ms, execution {}",
                report.tier(),
                report.source(),
                report.range(),
                report.rows(),
                stats.bytesScanned(),
                report.cost(),
                report.elapsed().toMillis(),
                stats.executionId());
        try {
            listener.sliceFinished(report);
        } catch (RuntimeException e) {
            LOG.warn("the query listener failed on {}", report, e);
        }
    }
}
