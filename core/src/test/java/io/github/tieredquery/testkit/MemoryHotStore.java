package io.github.tieredquery.testkit;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A hot store in memory with a journal: snapshots, leases by a clock of the test's, attempts and commits with all their
 * checks. Several clients ({@link #client}) can share the database, each with its own {@link StepHook}: one that throws
 * at every step from some step on is a process that has died. Thread-safe.
 */
public final class MemoryHotStore implements HotStore {

    private final String name;
    private final MemoryDatabase database;
    private final Table table;
    private volatile @Nullable String localTimes;
    private final StepHook hook;

    private MemoryHotStore(String name, MemoryDatabase database, Table table, StepHook hook) {
        this.name = name;
        this.database = database;
        this.table = table;
        this.hook = hook;
    }

    /**
     * An empty database.
     *
     * @param name what messages call it
     * @param table the table
     * @param clock the database's clock, which leases run out by
     */
    public MemoryHotStore(String name, Table table, InstantSource clock) {
        this(name, table, clock, new AtomicBoolean(true));
    }

    /** Over a journal whose tables may not exist yet; preparing creates them. */
    MemoryHotStore(String name, Table table, InstantSource clock, AtomicBoolean journalTables) {
        this(name, new MemoryDatabase(table, clock, journalTables), table, StepHook.NONE);
    }

    /**
     * Another client of the same database.
     *
     * @param ownHook hears of the steps of this client only
     * @return the client
     */
    public MemoryHotStore client(StepHook ownHook) {
        MemoryHotStore client = new MemoryHotStore(name, database, table, ownHook);
        client.localTimes = localTimes;
        return client;
    }

    /**
     * Another client of the same database, which takes its times for local times.
     *
     * @param reading as {@link #localTimes} gives it
     * @return the client
     */
    public MemoryHotStore reading(String reading) {
        MemoryHotStore client = client(hook);
        client.localTimes = reading;
        return client;
    }

    @Override
    public Optional<String> localTimes() {
        return Optional.ofNullable(localTimes);
    }

    /**
     * Another client of the same database, which knows of other columns.
     *
     * @param ownTable the table as that client is configured
     * @return the client
     * @throws IllegalArgumentException if the database doesn't have its columns
     */
    public MemoryHotStore client(Table ownTable) {
        if (!database.table.rowType().names().containsAll(ownTable.rowType().names())) {
            throw new IllegalArgumentException(database.table + " hasn't all columns of " + ownTable);
        }
        return new MemoryHotStore(name, database, ownTable, hook);
    }

    /**
     * Appends columns to the table in the database, for all clients.
     *
     * @param wider the table with further nullable columns at its end
     */
    public void alter(Table wider) {
        database.alter(wider);
    }

    /**
     * Makes the journal of all clients do something wrong from now on, to see whether a test notices.
     *
     * @param fault what it does
     */
    public void misbehave(JournalFault fault) {
        database.misbehave(fault);
    }

    /**
     * Inserts rows; a row with the same time and key is replaced.
     *
     * @param rows rows with columns of the table; those that a row lacks are NULL
     */
    public void put(Collection<Row> rows) {
        database.put(rows);
    }

    /**
     * Inserts rows; a row with the same time and key is replaced.
     *
     * @param rows rows with columns of the table; those that a row lacks are NULL
     */
    public void put(Row... rows) {
        database.put(List.of(rows));
    }

    /**
     * Enters into the journal what was written without it, as if an archiver had moved it from here.
     *
     * @param window what was archived; its end is the watermark from now on
     * @param manifests what was written
     */
    public void adopt(TimeRange window, List<PartitionManifest> manifests) {
        database.adopt(window, manifests);
    }

    /**
     * Deletes the row with a time and key.
     *
     * @param row the time and key; the other columns don't matter
     * @return whether there was one
     */
    public boolean delete(Row row) {
        return database.delete(row);
    }

    /**
     * Backs up the database: rows and journal as they are now.
     *
     * @return restores it when it is run, for all clients, as often as one likes
     */
    public Runnable backup() {
        return database.backup();
    }

    /**
     * What the journal would say if nothing was wrong with it.
     *
     * @return the versions that recoveries have excluded and nobody has removed
     */
    public Set<Long> excludedByRecoveries() {
        return database.excludedByRecoveries();
    }

    /** Makes the journal one of before there were marks. */
    public void forgetMarks() {
        database.forgetMarks();
    }

    /**
     * All rows now.
     *
     * @return the rows, oldest first
     */
    public List<Row> rows() {
        return List.copyOf(database.moment().rows());
    }

    /**
     * The manifests of the versions that count now.
     *
     * @return the manifests, by version
     */
    public List<PartitionManifest> manifests() {
        return database.moment().written().stream()
                .flatMap(written -> written.manifests().stream())
                .toList();
    }

    /**
     * How many cursors of all clients are open.
     *
     * @return the number
     */
    public int openCursors() {
        return database.openCursors.get();
    }

    /**
     * How many snapshots of all clients are open.
     *
     * @return the number
     */
    public int openSnapshots() {
        return database.openSnapshots.get();
    }

    /**
     * How many scans and counts all clients have asked for.
     *
     * @return the number
     */
    public long queries() {
        return database.queries.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Table table() {
        return table;
    }

    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        hook.at("hot.open");
        return open(scan, control, database.moment());
    }

    private MemoryCursor open(Scan scan, ScanControl control, MemoryDatabase.Moment moment) {
        return new MemoryCursor(
                matching(scan, control, moment),
                name,
                "hot.next",
                ScanStats.UNKNOWN,
                control,
                hook,
                database.openCursors);
    }

    private List<Row> matching(Scan scan, ScanControl control, MemoryDatabase.Moment moment) {
        control.check("asking " + name);
        database.queries.incrementAndGet();
        return MemoryRows.matching(table, moment.rows(), scan);
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        hook.at("hot.count");
        return new ScanCount(matching(scan, control, database.moment()).size(), ScanStats.UNKNOWN);
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return new ScanPlan(AccessPath.KEY_RANGE, "rows of " + name + " in " + scan.order(), scan.condition());
    }

    @Override
    public Optional<ArchiveJournal> journal() {
        return Optional.of(new MemoryJournal(database, table, hook));
    }

    @Override
    public HotSnapshot snapshot(ScanControl control) {
        hook.at("hot.snapshot");
        control.check("taking a snapshot of " + name);
        MemoryDatabase.Moment moment = database.journaledMoment();
        database.openSnapshots.incrementAndGet();
        return new Snapshot(moment, control);
    }

    @Override
    public void close() {}

    private final class Snapshot implements HotSnapshot {

        private final MemoryDatabase.Moment moment;
        private final ScanControl control;
        private final List<RowCursor> cursors = new ArrayList<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        Snapshot(MemoryDatabase.Moment moment, ScanControl control) {
            this.moment = moment;
            this.control = control;
        }

        private void enter(String step) {
            hook.at(step);
            if (closed.get()) {
                throw new QueryCancelledException("a closed snapshot of " + name + " was used");
            }
        }

        @Override
        public JournalState journal() {
            return moment.state();
        }

        @Override
        public List<PartitionManifest> manifests(TimeRange range, HivePartitionLayout layout) {
            enter("hot.manifests");
            return moment.written().stream()
                    .filter(written -> written.window().from().isBefore(range.to())
                            && range.from().isBefore(written.window().to()))
                    .flatMap(written -> written.manifests().stream())
                    .toList();
        }

        @Override
        public ArchiveSize archiveSize() {
            enter("hot.archiveSize");
            List<PartitionManifest> held = moment.written().stream()
                    .flatMap(written -> written.manifests().stream())
                    .filter(manifest -> manifest.rows() > 0)
                    .toList();
            return new ArchiveSize(
                    held.size(),
                    held.stream().mapToLong(PartitionManifest::bytes).sum());
        }

        @Override
        public boolean hasRows(TimeRange range) {
            enter("hot.look");
            return !matching(Scan.of(database.table, range).limit(1), control, moment)
                    .isEmpty();
        }

        @Override
        public long tombstones(TimeRange range) {
            enter("hot.tombstones");
            return erased(range).size();
        }

        private List<Row> erased(TimeRange range) {
            String time = database.table.timeColumn().name();
            return moment.tombstones().stream()
                    .map(MemoryDatabase.Tombstone::key)
                    .filter(key -> range.contains(Objects.requireNonNull(key.timestamp(time))))
                    .sorted(database.table.rowOrder(database.table.keyType()))
                    .toList();
        }

        @Override
        public RowCursor openTombstones(TimeRange range, Order order) {
            enter("hot.openTombstones");
            List<Row> keys = new ArrayList<>(erased(range));
            if (order == Order.NEWEST_FIRST) {
                Collections.reverse(keys);
            }
            return kept(new MemoryCursor(
                    keys, name, "hot.nextTombstone", ScanStats.UNKNOWN, control, hook, database.openCursors));
        }

        @Override
        public RowCursor open(Scan scan) {
            enter("hot.open");
            return kept(MemoryHotStore.this.open(scan, control, moment));
        }

        private RowCursor kept(RowCursor cursor) {
            synchronized (cursors) {
                cursors.add(cursor);
            }
            if (closed.get()) {
                cursor.close();
            }
            return cursor;
        }

        @Override
        public long count(Scan scan) {
            enter("hot.count");
            return matching(scan, control, moment).size();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                database.openSnapshots.decrementAndGet();
                synchronized (cursors) {
                    cursors.forEach(RowCursor::close);
                }
            }
        }
    }
}
