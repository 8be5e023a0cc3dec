package io.github.tieredquery.internal.stream;

import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a query: the rows of its segments, one after the other, up to the limit. One thread reads; any thread
 * closes. A run that has failed or was closed before its end never looks as if it had come to its end: reading on
 * fails.
 */
public final class QueryCursor implements RowCursor {

    private static final String NEXT_TIER = "starting to read the next tier";

    private final Supplier<SegmentedRead> start;
    private final ScanControl control;
    private final Object lock = new Object();
    /** Touched by the reading thread only. */
    private long wanted;

    private @Nullable SegmentedRead read;
    /** Written under the lock; read without it, once for each row. */
    private volatile @Nullable RowCursor current;
    /**
     * The reading thread is opening a segment. Whoever closes meanwhile leaves that to it: a read is not thread-safe.
     */
    private boolean opening;

    private boolean exhausted;
    private boolean closed;

    /**
     * A run that touches no tier before its first row is asked for.
     *
     * @param start starts the read
     * @param limit how many rows at most, {@link Long#MAX_VALUE} for all
     */
    public QueryCursor(Supplier<SegmentedRead> start, ScanControl control, long limit) {
        this.start = start;
        this.control = control;
        this.wanted = limit;
    }

    @Override
    public @Nullable Row next() {
        try {
            return advance();
        } catch (RuntimeException | Error e) {
            try {
                close();
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private @Nullable Row advance() {
        while (wanted > 0) {
            RowCursor cursor = current;
            if (cursor == null) {
                cursor = openNext();
            }
            if (cursor == null) {
                break;
            }
            Row row = cursor.next();
            if (row != null) {
                if (wanted != Long.MAX_VALUE) {
                    wanted--;
                }
                return row;
            }
            finishSegment(cursor);
        }
        finish();
        return null;
    }

    /**
     * Whether there may be further rows. No tier is asked that wasn't asked before, so it may turn out that there are
     * none. A row is lost by it: reading must not go on.
     */
    boolean mayGoOn() {
        RowCursor cursor = current;
        if (cursor != null && cursor.next() != null) {
            return true;
        }
        synchronized (lock) {
            return read != null && !read.isFinished();
        }
    }

    private @Nullable RowCursor openNext() {
        control.check(NEXT_TIER);
        SegmentedRead source = enterRead();
        if (source == null) {
            control.check(NEXT_TIER);
            return null;
        }
        RowCursor cursor = null;
        boolean abandoned;
        try {
            cursor = source.next(wanted);
        } finally {
            synchronized (lock) {
                opening = false;
                abandoned = closed;
                current = abandoned ? null : cursor;
            }
            if (abandoned) {
                close(source, cursor);
            }
        }
        if (abandoned) {
            control.check(NEXT_TIER);
        }
        return cursor;
    }

    /** The read, from now on the reading thread's until it leaves it; null if the run is closed. */
    private @Nullable SegmentedRead enterRead() {
        synchronized (lock) {
            if (!closed) {
                SegmentedRead source = read == null ? start.get() : read;
                read = source;
                opening = true;
                return source;
            }
            if (exhausted) {
                return null;
            }
        }
        // Whoever closes may not have come to cancelling yet.
        control.cancel();
        return null;
    }

    private void finishSegment(RowCursor cursor) {
        synchronized (lock) {
            current = null;
        }
        cursor.close();
    }

    /** All rows were read: releases what they were read with, but nothing is left to be cancelled. */
    private void finish() {
        synchronized (lock) {
            exhausted = !closed || exhausted;
        }
        close();
    }

    /** Stops whatever runs, unless all rows were read. */
    @Override
    public void close() {
        RowCursor cursor;
        SegmentedRead source;
        boolean early;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            early = !exhausted;
            cursor = current;
            current = null;
            source = opening ? null : read;
        }
        if (early) {
            control.cancel();
        }
        close(source, cursor);
    }

    private static void close(@Nullable SegmentedRead source, @Nullable RowCursor cursor) {
        try (source;
                cursor) {
            // Both are closed, the cursor first, also if closing one of them fails.
        }
    }
}
