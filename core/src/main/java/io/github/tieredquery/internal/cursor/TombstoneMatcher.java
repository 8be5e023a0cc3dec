package io.github.tieredquery.internal.cursor;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Tells which of some ordered rows have their time and key among ordered keys. Holds one key. Used by one thread, but
 * that {@link #close} may be called from any.
 */
public final class TombstoneMatcher implements AutoCloseable {

    private final RowCursor keys;
    private final Comparator<Row> keyToRow;
    private @Nullable Row next;
    private boolean started;

    /**
     * Over keys, which it owns.
     *
     * @param table the table of the rows
     * @param keys rows that hold at least the time and the key, in the given order; a key may come more than once
     * @param keysType the columns of {@code keys}
     * @param rowsType the columns of the rows that are asked for
     * @param order the order of both
     */
    public TombstoneMatcher(Table table, RowCursor keys, RowType keysType, RowType rowsType, Order order) {
        Comparator<Row> oldestFirst = table.rowOrder(keysType, rowsType);
        this.keys = keys;
        this.keyToRow = order == Order.OLDEST_FIRST ? oldestFirst : (key, row) -> -oldestFirst.compare(key, row);
    }

    /**
     * Whether a row's key is among the keys.
     *
     * @param row a row that doesn't come before the one that was asked for last
     * @return whether it is
     */
    public boolean hide(Row row) {
        if (!started) {
            next = keys.next();
            started = true;
        }
        Row key = next;
        while (key != null) {
            int comparison = keyToRow.compare(key, row);
            if (comparison >= 0) {
                return comparison == 0;
            }
            key = keys.next();
            next = key;
        }
        return false;
    }

    /** Closes the keys. */
    @Override
    public void close() {
        keys.close();
    }
}
