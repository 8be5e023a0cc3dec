package io.github.tieredquery;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.table.Row;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Merges hot rows over cold ones, both in the same order. Where both have a row with the same time and key, the hot one
 * comes and the cold one doesn't. The filter is applied to hot rows only now, since one that doesn't match must still
 * hide its cold twin. Holds one row of each side.
 */
final class MergeCursor implements RowCursor {

    private final RowCursor hot;
    private final RowCursor cold;
    private final Filter filter;
    private final Comparator<Row> order;
    private @Nullable Row nextHot;
    private @Nullable Row nextCold;
    private boolean started;

    /**
     * A merge; it owns both cursors.
     *
     * @param hot unfiltered rows
     * @param cold rows that match the filter already
     * @param order the order in which both come, equal for equal time and key
     */
    MergeCursor(RowCursor hot, RowCursor cold, Filter filter, Comparator<Row> order) {
        this.hot = hot;
        this.cold = cold;
        this.filter = filter;
        this.order = order;
    }

    @Override
    public @Nullable Row next() {
        if (!started) {
            nextHot = hot.next();
            nextCold = cold.next();
            started = true;
        }
        while (true) {
            Row hotRow = nextHot;
            Row coldRow = nextCold;
            if (hotRow == null) {
                nextCold = coldRow == null ? null : cold.next();
                return coldRow;
            }
            int comparison = coldRow == null ? -1 : order.compare(hotRow, coldRow);
            if (comparison > 0) {
                nextCold = cold.next();
                return coldRow;
            }
            if (comparison == 0) {
                nextCold = cold.next();
            }
            nextHot = hot.next();
            if (filter.matches(hotRow)) {
                return hotRow;
            }
        }
    }

    @Override
    public void close() {
        // Another thread may be in next(): its fields stay, lest it take a closed side for one that has ended.
        try (cold;
                hot) {
            // Both are closed, also if closing one of them fails.
        }
    }
}
