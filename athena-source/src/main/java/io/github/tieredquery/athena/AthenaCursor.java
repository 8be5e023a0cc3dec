package io.github.tieredquery.athena;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.DateTimeException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns a result into typed rows. */
final class AthenaCursor implements ResultCursor {

    private static final int ROWS_BETWEEN_CHECKS = 256;

    private final ResultRows rows;
    private final RowType rowType;
    private final Decoder[] decoders;
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
            ColdTable table,
            ScanStats stats,
            String what,
            ScanControl control,
            Consumer<AthenaCursor> onClose) {
        this.rows = rows;
        this.rowType = rowType;
        this.decoders = rowType.columns().stream()
                .map(column -> table.column(column.name()).codec().remembering())
                .toArray(Decoder[]::new);
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
            throw new SourceUnavailableException(place(index) + ": " + e.getMessage(), e);
        }
        if (value == null && !rowType.columns().get(index).nullable()) {
            throw new SourceUnavailableException(place(index) + " is NULL, and the table says it never is");
        }
        return value;
    }

    private String place(int index) {
        return what + ": row " + read + ", column '"
                + rowType.columns().get(index).name() + "'";
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
