package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.execution.Execution;
import io.github.tieredquery.athena.internal.execution.StatementRunner;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanCharge;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements of one source with their results: what is under way ends when this is closed. Thread-safe. */
public final class AthenaSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AthenaSession.class);
    private static final int CLOSING_SECONDS = 5;

    private final String source;
    private final AthenaTable cold;
    private final StatementRunner runner;
    private final ResultReader results;
    private final ExecutorService executor;
    /** What runs now, to be ended when the source is closed. */
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    public AthenaSession(
            AwsAccess aws, String source, AthenaTable cold, StatementRunner runner, ResultReader.ReadOptions options) {
        this.source = source;
        this.cold = cold;
        this.runner = runner;
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "tieredquery-" + source);
            thread.setDaemon(true);
            return thread;
        });
        this.results = new ResultReader(aws, runner.calls(), options, executor);
    }

    /** Runs a statement to its end; it is stopped when the source is closed. */
    public Execution run(String sql, ScanControl control) {
        if (closed) {
            throw closedWhile("starting a statement");
        }
        AutoCloseable running = control::cancel;
        open.add(running);
        try {
            return runner.run(sql, control);
        } finally {
            open.remove(running);
        }
    }

    /** Runs a query and reads its small result as a whole. */
    public List<List<@Nullable Object>> read(
            String sql, List<String> columns, List<Codec> codecs, ScanControl control) {
        return read(run(sql, control), columns, codecs, control);
    }

    /** A small result as a whole. */
    public List<List<@Nullable Object>> read(
            Execution execution, List<String> columns, List<Codec> codecs, ScanControl control) {
        return charged(execution, () -> readAll(execution, columns, codecs, control));
    }

    /** The execution has succeeded and is paid for, also if its result can't be read any more. */
    private static <T> T charged(Execution execution, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (RuntimeException e) {
            ScanCharge.add(e, new ScanStats(execution.id(), execution.bytesScanned()));
            throw e;
        }
    }

    private List<List<@Nullable Object>> readAll(
            Execution execution, List<String> columns, List<Codec> codecs, ScanControl control) {
        List<List<@Nullable Object>> all = new ArrayList<>();
        try (ResultRows rows = results.open(execution, columns, reading(execution), control)) {
            while (rows.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 0; i < codecs.size(); i++) {
                    row.add(rows.value(i, codecs.get(i)));
                }
                all.add(row);
            }
        }
        return all;
    }

    /** Runs a scan. */
    public ResultCursor open(Scan scan, ScanControl control) {
        Execution execution = run(cold.select(scan), control);
        return charged(
                execution,
                () -> cursor(
                        scan,
                        execution,
                        results.open(execution, scan.rowType().names(), reading(execution), control),
                        control));
    }

    /** Goes on with a result of this very scan, if it is still there. */
    public Optional<ResultCursor> resume(Scan scan, ResultPlace place, ScanControl control) {
        Execution execution = runner.finished(place.executionId(), cold.select(scan), control);
        ResultRows rows = execution == null
                ? null
                : results.resume(execution, scan.rowType().names().size(), place.offset(), reading(execution), control);
        return execution == null || rows == null
                ? Optional.empty()
                : Optional.of(cursor(scan, execution, rows, control));
    }

    private AthenaCursor cursor(Scan scan, Execution execution, ResultRows rows, ScanControl control) {
        AthenaCursor cursor = new AthenaCursor(
                rows,
                scan.rowType(),
                cold,
                new ScanStats(execution.id(), execution.bytesScanned()),
                reading(execution),
                control,
                open::remove);
        open.add(cursor);
        if (closed) {
            cursor.close();
            throw closedWhile("opening a scan");
        }
        return cursor;
    }

    /** What is being done, for messages. */
    public String reading(Execution execution) {
        return "reading from " + source + " (execution " + execution.id() + ")";
    }

    private SourceUnavailableException closedWhile(String what) {
        return new SourceUnavailableException(source + ": the source is closed; " + what + " needs an open one");
    }

    @Override
    public void close() {
        closed = true;
        SourceUnavailableException failure = null;
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new SourceUnavailableException(source + ": closing failed: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        executor.shutdownNow();
        if (failure != null) {
            throw failure;
        }
        try {
            // What was on its way has ended when this returns.
            if (!executor.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{}: a download goes on after closing", source);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
