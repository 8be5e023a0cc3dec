package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.jdbc.internal.dialect.ColumnReader;
import io.github.tieredquery.jdbc.internal.dialect.RefusedRow;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.jdbc.internal.dialect.SqlFault;
import io.github.tieredquery.jdbc.internal.dialect.UnreadableValue;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a result set. They are read some at a time under a lock and handed out without one, so that a row costs
 * little more than its values and {@link #close} may still come from another thread.
 */
final class ScanCursor implements RowCursor {

    private static final int BATCH_ROWS = 128;

    private final RunningStatement running;
    private final ResultSet rows;
    private final RowType type;
    private final ColumnReader[] readers;
    private final RefusedRow refused;
    private final ScanControl control;
    private final ScanControl.Registration registration;
    private final String what;
    private final ReentrantLock reading = new ReentrantLock();
    private final @Nullable Row[] batch = new @Nullable Row[BATCH_ROWS];
    private int position;
    private int filled;
    private boolean exhausted;
    private volatile boolean stopped;
    private volatile boolean closed;
    /** Whoever closed it didn't get the lock in time. */
    private volatile boolean left;

    /**
     * A cursor over a result.
     *
     * @param running the statement, which the cursor closes
     * @param rows its result
     * @param type the rows' columns
     * @param readers one for each column
     * @param refused names a row that can't be read
     * @param control tells when to stop
     * @param what what is being done, for messages
     */
    ScanCursor(
            RunningStatement running,
            ResultSet rows,
            RowType type,
            ColumnReader[] readers,
            RefusedRow refused,
            ScanControl control,
            String what) {
        this.running = running;
        this.rows = rows;
        this.type = type;
        this.readers = readers;
        this.refused = refused;
        this.control = control;
        this.what = what;
        this.registration = control.onStop(() -> stopped = true);
    }

    @Override
    public @Nullable Row next() {
        if (stopped) {
            control.check(what);
        }
        if (position == filled && !fill()) {
            return null;
        }
        Row row = batch[position];
        batch[position++] = null;
        return row;
    }

    private boolean fill() {
        reading.lock();
        try {
            control.check(what);
            if (closed) {
                throw new QueryCancelledException("the cursor was closed while " + what);
            }
            running.limitSocket(control);
            position = 0;
            filled = 0;
            while (!exhausted && filled < BATCH_ROWS) {
                if (rows.next()) {
                    batch[filled++] = readRow();
                } else {
                    exhausted = true;
                }
            }
            return filled > 0;
        } catch (SQLException e) {
            control.check(what);
            if (closed) {
                throw new QueryCancelledException("the cursor was closed while " + what, e);
            }
            throw running.failure(e);
        } finally {
            if (left) {
                running.close(!exhausted);
            }
            reading.unlock();
        }
    }

    private Row readRow() throws SQLException {
        @Nullable Object[] values = new @Nullable Object[readers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = readValue(i);
        }
        return type.row(values);
    }

    /** MariaDB's driver has a type for values that it can't convert, and neither states nor codes. */
    private @Nullable Object readValue(int index) throws SQLException {
        try {
            return readers[index].read(rows, index + 1);
        } catch (UnreadableValue e) {
            throw refused.because(rows, e);
        } catch (SQLException e) {
            if (e instanceof SQLDataException || SqlFault.of(e) == SqlFault.BAD_VALUE) {
                throw refused.unconverted(rows, index, SqlErrors.state(e), e);
            }
            throw e;
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw refused.unconverted(rows, index, e.getClass().getSimpleName(), e);
        }
    }

    /**
     * A read that is under way on another thread is cancelled in the database and waited for. If the database doesn't
     * answer, its connection is broken off; if even that doesn't help, the reader closes when it comes back.
     */
    @Override
    public void close() {
        boolean first = !closed;
        closed = true;
        if (!reading.tryLock()) {
            running.cancel();
            if (!ConnectionWatch.graceful(reading)) {
                registration.close();
                left = true;
                // It may have come back in between.
                if (!reading.tryLock()) {
                    return;
                }
            }
        }
        try {
            if (first) {
                registration.close();
                running.close(!exhausted);
            }
        } finally {
            reading.unlock();
        }
    }
}
