package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.table.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tombstones by (time, key). The database sorts them by time; keys of one time are sorted here, since databases don't
 * agree on the order of texts. Holds one page, and all keys of one time.
 */
final class TombstoneCursor implements RowCursor {

    private final Function<TombstoneTable.@Nullable Tombstone, List<TombstoneTable.Tombstone>> pages;
    private final Comparator<Row> order;
    private final int pageSize;
    private final Deque<TombstoneTable.Tombstone> fetched = new ArrayDeque<>();
    private final Deque<Row> ready = new ArrayDeque<>();
    private TombstoneTable.@Nullable Tombstone last;
    private boolean ended;

    /**
     * A cursor.
     *
     * @param pages gives the tombstones behind one, at most {@code pageSize}
     */
    TombstoneCursor(
            Function<TombstoneTable.@Nullable Tombstone, List<TombstoneTable.Tombstone>> pages,
            int pageSize,
            Comparator<Row> oldestFirst,
            Order order) {
        this.pages = pages;
        this.pageSize = pageSize;
        this.order = order == Order.OLDEST_FIRST ? oldestFirst : oldestFirst.reversed();
    }

    @Override
    public @Nullable Row next() {
        if (ready.isEmpty()) {
            gather();
        }
        return ready.poll();
    }

    private void gather() {
        List<Row> keys = new ArrayList<>();
        TombstoneTable.Tombstone first = peek();
        for (TombstoneTable.Tombstone next = first;
                first != null && next != null && next.timeMicros() == first.timeMicros();
                next = peek()) {
            keys.add(next.key());
            fetched.remove();
        }
        keys.sort(order);
        ready.addAll(keys);
    }

    private TombstoneTable.@Nullable Tombstone peek() {
        if (fetched.isEmpty() && !ended) {
            List<TombstoneTable.Tombstone> page = pages.apply(last);
            ended = page.size() < pageSize;
            fetched.addAll(page);
            last = page.isEmpty() ? last : page.get(page.size() - 1);
        }
        return fetched.peek();
    }

    /** Does nothing: no statement is open between two pages. */
    @Override
    public void close() {}
}
