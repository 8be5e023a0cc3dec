package io.github.tieredquery;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cursor that is being opened on another thread, so that its latency overlaps what is read meanwhile. Whoever closes
 * it early also cancels the query's control, which makes the opening fail soon.
 */
final class AsyncCursor implements RowCursor {

    private final CompletableFuture<RowCursor> opening;

    AsyncCursor(Supplier<RowCursor> open, Executor executor) {
        this.opening = CompletableFuture.supplyAsync(open, executor);
    }

    @Override
    public @Nullable Row next() {
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
        return opening.isDone() && !opening.isCompletedExceptionally()
                ? opening.join().stats()
                : ScanStats.UNKNOWN;
    }

    /** Closes the cursor, now or as soon as it is open. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a failure to open belongs to the reader, who is gone
    public void close() {
        opening.thenAccept(RowCursor::close);
    }
}
