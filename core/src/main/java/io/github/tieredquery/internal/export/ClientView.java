package io.github.tieredquery.internal.export;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.stream.QueryCursor;
import io.github.tieredquery.internal.stream.SegmentedRead;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** All rows are read as a query reads them, and so count as hot. */
final class ClientView extends QueryView {

    private final QueryCall call;

    ClientView(QueryCall call, BoundQuery query) {
        super(query);
        this.call = call;
    }

    @Override
    public Instant takenAt() {
        return call.tiers().clock().instant();
    }

    @Override
    public @Nullable Scan cold() {
        return null;
    }

    @Override
    public RowCursor late() {
        return RowCursor.empty();
    }

    @Override
    public RowCursor erased() {
        return RowCursor.empty();
    }

    @Override
    public TimeRange hot() {
        TimeRange range = query.range();
        return query.isEmpty() ? range.before(range.from()) : range;
    }

    @Override
    public RowCursor openHot() {
        BoundQuery read = query.withOrderColumns();
        return new QueryCursor(() -> new SegmentedRead(call, read, null), call.control(), Long.MAX_VALUE);
    }

    @Override
    public void checkPartitions() {
        // Reading checks them.
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
