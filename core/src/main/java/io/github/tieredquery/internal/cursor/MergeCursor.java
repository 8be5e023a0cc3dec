package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.table.Row;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Merges hot rows over cold ones, both in the same order. Where both have a row with the same time and key, the hot one
 * comes and the cold one doesn't, however often it stands there. The filter is applied to hot rows only now, since one
 * that doesn't match must still hide the cold row that it replaces. Holds one row of each side.
 */
public final class MergeCursor implements RowCursor {

    private final RowCursor hot;
    private final RowCursor cold;
    private final Filter filter;
    private final Comparator<Row> order;
    private @Nullable Row nextHot;
    private @Nullable Row nextCold;
    /** Whether the row was given out or dropped: no row is asked for that nobody may want. */
    private boolean hotIsGone = true;

    private boolean coldIsGone = true;

    /**
     * A merge; it owns both cursors.
     *
     * @param hot unfiltered rows
     * @param cold rows that match the filter already
     * @param order the order in which both come, equal for equal time and key
     */
    public MergeCursor(RowCursor hot, RowCursor cold, Filter filter, Comparator<Row> order) {
        this.hot = hot;
        this.cold = cold;
        this.filter = filter;
        this.order = order;
    }

    @Override
    public @Nullable Row next() {
        while (true) {
            if (hotIsGone) {
                nextHot = hot.next();
                hotIsGone = false;
            }
            if (coldIsGone) {
                nextCold = cold.next();
                coldIsGone = false;
            }
            Row hotRow = nextHot;
            Row coldRow = nextCold;
            int comparison = coldRow == null ? -1 : hotRow == null ? 1 : order.compare(hotRow, coldRow);
            if (comparison > 0) {
                coldIsGone = true;
                return coldRow;
            }
            if (comparison == 0) {
                coldIsGone = true;
            } else if (hotRow == null) {
                return null;
            } else {
                hotIsGone = true;
                if (filter.matches(hotRow)) {
                    return hotRow;
                }
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
