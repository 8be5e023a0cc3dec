package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.store.HotSnapshot;

/**
 * What a snapshot has to say over the archived rows of a stretch.
 *
 * @param hotRows whether there are late rows
 * @param tombstones how many erased keys there are
 */
public record Overlay(boolean hotRows, long tombstones) {

    /** A cheap look. */
    public static Overlay look(HotSnapshot snapshot, TimeRange stretch) {
        return new Overlay(snapshot.hasRows(stretch), snapshot.tombstones(stretch));
    }

    /** Whether the cold tier alone answers for the stretch. */
    public boolean isNothing() {
        return !hotRows && tombstones == 0;
    }

    /**
     * How many cold rows can be needed for so many rows: counted in the snapshot that the late rows are read from, so
     * no further one can hide a cold row.
     */
    long coldLimit(HotSnapshot snapshot, BoundQuery request, TimeRange stretch, long limit) {
        return limit == Long.MAX_VALUE
                ? limit
                : SegmentReader.plus(SegmentReader.plus(limit, lateRows(snapshot, request, stretch)), tombstones);
    }

    private long lateRows(HotSnapshot snapshot, BoundQuery request, TimeRange stretch) {
        return hotRows ? snapshot.count(Scan.of(request.table(), stretch)) : 0;
    }
}
