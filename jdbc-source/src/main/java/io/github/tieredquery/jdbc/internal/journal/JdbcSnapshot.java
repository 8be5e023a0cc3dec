package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.jdbc.internal.connection.BorrowedConnection;
import io.github.tieredquery.jdbc.internal.scan.ConnectionWatch;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Jdbi;

/**
 * One read-only transaction on one connection, in which the database shows all statements the same moment. The journal
 * is read first: with the first query a database fixes the moment, so journal and rows can't drift apart.
 */
public final class JdbcSnapshot implements HotSnapshot {

    private final BorrowedConnection borrowed;
    private final PhysicalTable physical;
    private final JdbcJournal journal;
    private final ScanControl control;
    private final JournalState state;
    private final ReentrantLock using = new ReentrantLock();
    private final List<RowCursor> cursors = new ArrayList<>();
    private boolean closed;
    /** Whoever closed it didn't get the lock in time. */
    private volatile boolean left;

    private JdbcSnapshot(
            BorrowedConnection borrowed,
            PhysicalTable physical,
            JdbcJournal journal,
            ScanControl control,
            JournalState state) {
        this.borrowed = borrowed;
        this.physical = physical;
        this.journal = journal;
        this.control = control;
        this.state = state;
    }

    public static JdbcSnapshot take(Jdbi jdbi, PhysicalTable physical, JdbcJournal journal, ScanControl control) {
        String what = "taking a snapshot of " + physical.name();
        control.check(what);
        BorrowedConnection borrowed = BorrowedConnection.take(jdbi, physical, control);
        boolean taken = false;
        try {
            Connection connection = borrowed.connection();
            physical.beginSnapshot(connection);
            Optional<String> first = journal.dialect.beforeSnapshot(physical.from());
            if (first.isPresent()) {
                Sql.execute(connection, control, what, first.get());
            }
            JournalState state = journal.state(connection, control);
            taken = true;
            return new JdbcSnapshot(borrowed, physical, journal, control, state);
        } catch (SQLException e) {
            control.check(what);
            throw journal.transactions.failure("taking a snapshot", e);
        } finally {
            if (!taken) {
                borrowed.release(physical::end);
            }
        }
    }

    @Override
    public JournalState journal() {
        return state;
    }

    @Override
    public List<PartitionManifest> manifests(TimeRange range, HivePartitionLayout layout) {
        return use(
                "reading manifests of " + physical.name(),
                connection -> range.isEmpty()
                        ? List.of()
                        : new ManifestTable(journal.tables)
                                .read(connection, physical.table().name(), range, layout, control));
    }

    @Override
    public ArchiveSize archiveSize() {
        String what = "adding up the manifests of " + physical.name();
        return use(
                what,
                connection -> new ManifestTable(journal.tables)
                        .size(connection, physical.table().name(), control, what));
    }

    @Override
    public boolean hasRows(TimeRange range) {
        String what = "looking for rows in " + physical.name();
        return use(what, connection -> journal.hotRows.any(connection, range, control, what));
    }

    @Override
    public long tombstones(TimeRange range) {
        String what = "counting tombstones of " + physical.name();
        return use(
                what, connection -> range.isEmpty() ? 0L : journal.tombstones.count(connection, range, control, what));
    }

    @Override
    public RowCursor openTombstones(TimeRange range, Order order) {
        int pageSize = physical.fetchSize();
        String what = "reading tombstones of " + physical.name();
        return new TombstoneCursor(
                after -> use(
                        what,
                        connection ->
                                journal.tombstones.page(connection, range, order, after, pageSize, control, what)),
                pageSize,
                physical.table().rowOrder(physical.table().keyType()),
                order);
    }

    @Override
    public RowCursor open(Scan scan) {
        return use("opening " + physical.name(), connection -> {
            if (physical.isEmpty(scan)) {
                return physical.noRows();
            }
            RowCursor cursor = journal.dialect.streamsConcurrently()
                    ? physical.open(connection, scan, control, () -> {})
                    : new KeysetCursor(
                            scan,
                            physical.fetchSize(),
                            page -> physical.open(connection, page, control, () -> {}),
                            control,
                            "reading from " + physical.name());
            cursors.add(cursor);
            return cursor;
        });
    }

    @Override
    public long count(Scan scan) {
        return use(
                "counting in " + physical.name(),
                connection -> physical.isEmpty(scan) ? 0L : physical.count(connection, scan, control));
    }

    @Override
    public List<Row> aggregate(GroupedScan grouped) {
        return use(
                "aggregating in " + physical.name(),
                connection -> physical.isEmpty(grouped.scan())
                        ? List.of()
                        : physical.aggregate(connection, grouped, control));
    }

    private <T> T use(String what, JournalTransactions.Work<T> work) {
        using.lock();
        try {
            if (closed) {
                throw new QueryCancelledException("the snapshot was closed before " + what);
            }
            control.check(what);
            return work.run(borrowed.connection());
        } catch (SQLException e) {
            control.check(what);
            throw journal.transactions.failure(what, e);
        } finally {
            if (left && !closed) {
                closed = true;
                closeCursors();
            }
            using.unlock();
        }
    }

    /**
     * Cursors that are being read are stopped; a look or a count that is under way is waited for, which a query that
     * closes early has stopped by its control. If it doesn't come back in time, it closes the rest when it does.
     */
    @Override
    public void close() {
        if (!ConnectionWatch.graceful(using)) {
            left = true;
            // It may have come back in between.
            if (!using.tryLock()) {
                return;
            }
        }
        try {
            if (!closed) {
                closed = true;
                closeCursors();
            }
        } finally {
            using.unlock();
        }
    }

    /** All of them, and gives the connection back, whatever fails. */
    private void closeCursors() {
        RuntimeException failure = null;
        for (RowCursor cursor : cursors) {
            try {
                cursor.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        borrowed.release(physical::end);
        if (failure != null) {
            throw failure;
        }
    }
}
