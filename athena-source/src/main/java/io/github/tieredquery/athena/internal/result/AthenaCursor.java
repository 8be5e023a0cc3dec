package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.athena.internal.codec.Decoder;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns a result into typed rows. */
final class AthenaCursor implements ResultCursor {

    private static final int ROWS_BETWEEN_CHECKS = 256;

    private static final String CORRECT = ". Correct the file that holds it, or declare the column as it is written";

    private final ResultRows rows;
    private final RowType rowType;
    private final Decoder[] decoders;
    private final List<String> keyColumns;
    private final ScanStats stats;
    private final String what;
    private final ScanControl control;
    private final ScanControl.Registration registration;
    private final Consumer<AthenaCursor> onClose;
    private final AtomicBoolean closed = new AtomicBoolean();
    private long read;
    private volatile boolean stopped;

    AthenaCursor(
            ResultRows rows,
            RowType rowType,
            AthenaTable table,
            ScanStats stats,
            String what,
            ScanControl control,
            Consumer<AthenaCursor> onClose) {
        this.rows = rows;
        this.rowType = rowType;
        this.decoders = rowType.columns().stream()
                .map(column -> table.column(column.name()).codec().caching())
                .toArray(Decoder[]::new);
        this.keyColumns = table.table().orderColumns();
        this.stats = stats;
        this.what = what;
        this.onClose = onClose;
        this.control = control;
        this.registration = control.onStop(this::stop);
    }

    private void stop() {
        stopped = true;
        rows.close();
    }

    @Override
    public @Nullable Row next() {
        if (stopped || read % ROWS_BETWEEN_CHECKS == 0) {
            control.check(what);
        }
        if (!rows.next()) {
            control.check(what);
            return null;
        }
        read++;
        @Nullable Object[] values = new @Nullable Object[decoders.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(i);
        }
        return rowType.row(values);
    }

    private @Nullable Object value(int index) {
        Object value;
        try {
            value = rows.value(index, decoders[index]);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new BadDataException(place(index) + ": " + e.getMessage() + CORRECT, e);
        }
        if (value == null && !rowType.columns().get(index).nullable()) {
            throw new BadDataException(place(index) + " is NULL, and the table says it never is" + CORRECT, null);
        }
        return value;
    }

    private String place(int index) {
        List<String> key = new ArrayList<>();
        for (String column : keyColumns) {
            if (rowType.has(column)) {
                key.add(column + "=" + shown(rowType.indexOf(column)));
            }
        }
        return what + ": row " + read + (key.isEmpty() ? "" : " " + key) + ", column '"
                + rowType.columns().get(index).name() + "'";
    }

    /** What of a key can't be read isn't shown. */
    private @Nullable Object shown(int index) {
        try {
            return rows.value(index, decoders[index]);
        } catch (IllegalArgumentException | DateTimeException e) {
            return "?";
        }
    }

    @Override
    public Optional<ResultPlace> place() {
        String execution = stats.executionId();
        return execution == null || rows.offset() < 0
                ? Optional.empty()
                : Optional.of(new ResultPlace(execution, rows.offset()));
    }

    @Override
    public ScanStats stats() {
        return stats;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            registration.close();
            rows.close();
            onClose.accept(this);
        }
    }
}
