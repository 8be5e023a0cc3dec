package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemForm;
import io.github.tieredquery.dynamodb.internal.plan.Access;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Rows of items that match. */
public final class ScanCursor implements RowCursor {

    private final ItemStream items;
    private final ItemForm form;
    private final RowType type;
    private final Access access;
    private final String timeColumn;
    private final long limit;
    private final ScanSession reading;
    private final Runnable stale;
    private long rows;

    /**
     * A cursor.
     *
     * @param type the columns of the rows, with those that are needed to check them
     * @param limit how many rows at most
     * @param stale is run for each index item whose row doesn't have the value any more
     */
    public ScanCursor(
            ItemStream items,
            DeclaredTable declared,
            RowType type,
            Access access,
            long limit,
            ScanSession reading,
            Runnable stale) {
        this.items = items;
        this.form = declared.items();
        this.timeColumn = declared.table().timeColumn().name();
        this.type = type;
        this.access = access;
        this.limit = limit;
        this.reading = reading;
        this.stale = stale;
    }

    @Override
    public @Nullable Row next() {
        while (rows < limit) {
            reading.check();
            Map<String, AttributeValue> item = items.next();
            if (item == null) {
                break;
            }
            Row row = form.row(item, type);
            if (matches(row)) {
                rows++;
                reading.check();
                return row;
            }
        }
        reading.check();
        return null;
    }

    private boolean matches(Row row) {
        if (!access.indexOnly() && !access.matched().matches(row)) {
            stale.run();
            return false;
        }
        return access.residual().matches(row) && (!access.readsWholeTable() || isInRange(row));
    }

    private boolean isInRange(Row row) {
        Instant time = row.timestamp(timeColumn);
        TimeRange range = access.range();
        return time != null && range.contains(time);
    }

    /** What is checked, for the columns that it needs. */
    public static Filter checked(Access access) {
        return access.indexOnly() ? access.residual() : Filter.and(access.matched(), access.residual());
    }

    @Override
    public ScanStats stats() {
        return reading.stats();
    }

    @Override
    public void close() {
        reading.close();
    }
}
