package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.internal.bound.QueryLog;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanCharge;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A cursor that is being opened on another thread, so that its latency overlaps what is read meanwhile. The reader
 * opens it itself if no other thread has begun to when its rows are needed: waiting for a thread could take forever
 * where the reader runs on a thread of the same executor. Whoever closes it early also cancels the query's control,
 * which makes the opening fail soon.
 */
final class AsyncCursor implements RowCursor {

    private static final Logger LOG = QueryLog.LOG;

    private final Supplier<RowCursor> open;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<RowCursor> opening = new CompletableFuture<>();

    AsyncCursor(Supplier<RowCursor> open) {
        this.open = open;
    }

    /** Opens it on a thread of the executor, if one is free while it is still time. */
    void startOn(Executor executor, BooleanSupplier onTime) {
        try {
            executor.execute(() -> {
                if (onTime.getAsBoolean()) {
                    begin();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the executor has no thread to start a cold query early", e);
        }
    }

    boolean hasBegun() {
        return begun.get();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // complete and completeExceptionally return whether they were first
    private void begin() {
        if (begun.compareAndSet(false, true)) {
            try {
                opening.complete(open.get());
            } catch (Throwable e) {
                opening.completeExceptionally(e);
            }
        }
    }

    @Override
    public @Nullable Row next() {
        begin();
        return opened().next();
    }

    private RowCursor opened() {
        try {
            return opening.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryCancelledException("the thread was interrupted while waiting for the cold tier", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CompletionException(cause);
        }
    }

    @Override
    public ScanStats stats() {
        if (!opening.isDone()) {
            return ScanStats.UNKNOWN;
        }
        return opening.handle((rows, failure) ->
                        failure == null ? rows.stats() : ScanCharge.of(failure).orElse(ScanStats.UNKNOWN))
                .join();
    }

    /** Closes the cursor, now or as soon as it is open. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a failure to open belongs to the reader, who is gone
    public void close() {
        if (begun.compareAndSet(false, true)) {
            opening.completeExceptionally(
                    new QueryCancelledException("the query was closed before the cold tier" + " was asked"));
        }
        opening.thenAccept(RowCursor::close);
    }
}
