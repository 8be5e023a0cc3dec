package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.view.Overlay;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The keys of which a stretch's cold rows don't count, as a condition for the cold tier; as long as they are few enough
 * for one statement. For one stretch; used by one thread.
 */
final class ShadowedKeys {

    /** About 60 kB of Athena's SQL, of the 256 kB that a statement may have. */
    private static final int MOST = 500;

    private final BoundQuery request;
    private final List<Row> matching = new ArrayList<>();
    private final List<Filter> keys = new ArrayList<>();

    private ShadowedKeys(BoundQuery request) {
        this.request = request;
    }

    /** Those that hot rows hide, which the cursor gives by range only; it is closed. */
    static ShadowedKeys by(RowCursor hotRows, BoundQuery request) {
        ShadowedKeys hidden = new ShadowedKeys(request);
        try (hotRows) {
            hidden.take(hotRows);
        }
        return hidden;
    }

    /** Those that late rows hide, or tombstones. They are read before the cold tier is asked. */
    static ShadowedKeys by(
            RowCursor lateRows, HotSnapshot snapshot, Overlay above, TimeRange stretch, BoundQuery request) {
        ShadowedKeys hidden = by(lateRows, request);
        if (above.tombstones() > 0 && hidden.areFew()) {
            try (RowCursor erased = snapshot.openTombstones(stretch, request.order())) {
                hidden.takeErased(erased);
            }
        }
        return hidden;
    }

    private void take(RowCursor hot) {
        for (Row row = hot.next(); row != null && areFew(); row = hot.next()) {
            keys.add(key(row));
            if (request.filter().matches(row)) {
                matching.add(row);
            }
        }
    }

    private void takeErased(RowCursor tombstones) {
        for (Row key = tombstones.next(); key != null && areFew(); key = tombstones.next()) {
            keys.add(key(key));
        }
    }

    private Filter key(Row row) {
        return Filter.and(request.table().orderColumns().stream()
                        .map(column -> Filter.eq(column, Objects.requireNonNull(row.value(column), column)))
                        .toList())
                .boundTo(request.table());
    }

    /** Whether a statement can name them all. */
    boolean areFew() {
        return keys.size() <= MOST;
    }

    /** The hot rows that count themselves. */
    List<Row> matching() {
        return matching;
    }

    /** The same scan without the rows that don't count. */
    Scan leftOutOf(Scan cold) {
        return keys.isEmpty() ? cold : cold.filter(Filter.and(cold.filter(), Filter.not(Filter.or(keys))));
    }
}
