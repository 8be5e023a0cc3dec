package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.view.Overlay;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The keys of which a segment's cold rows don't count, as a condition for the cold tier; as long as they are few enough
 * for one statement. For one segment; used by one thread.
 */
final class ShadowedKeys {

    /** About 60 kB of Athena's SQL, of the 256 kB that a statement may have. */
    private static final int MOST = 500;

    private final BoundQuery query;
    private final List<Row> matching = new ArrayList<>();
    private final List<Filter> keys = new ArrayList<>();

    private ShadowedKeys(BoundQuery query) {
        this.query = query;
    }

    /** Those of a segment that something lies over. They are read before the cold tier is asked. */
    static ShadowedKeys in(ReadView view, Segment segment, Overlay overlay, BoundQuery query, SegmentReader reader) {
        ShadowedKeys shadowed = new ShadowedKeys(query);
        try (RowCursor hot = reader.late(view, segment)) {
            shadowed.take(hot);
        }
        if (overlay.tombstones() > 0 && shadowed.areFew()) {
            try (RowCursor erased = view.openTombstones(segment, query.order())) {
                shadowed.takeErased(erased);
            }
        }
        return shadowed;
    }

    private void take(RowCursor hot) {
        for (Row row = hot.next(); row != null && areFew(); row = hot.next()) {
            keys.add(key(row));
            if (query.filter().matches(row)) {
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
        return Filter.and(query.table().orderColumns().stream()
                        .map(column -> Filter.eq(column, Objects.requireNonNull(row.value(column), column)))
                        .toList())
                .boundTo(query.table());
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
