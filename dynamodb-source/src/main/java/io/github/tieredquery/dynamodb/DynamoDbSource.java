package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import io.github.tieredquery.dynamodb.internal.calls.BatchReader;
import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import io.github.tieredquery.dynamodb.internal.calls.TableSize;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.internal.plan.Access;
import io.github.tieredquery.dynamodb.internal.plan.AccessPlanner;
import io.github.tieredquery.dynamodb.internal.read.FetchedItems;
import io.github.tieredquery.dynamodb.internal.read.ItemStream;
import io.github.tieredquery.dynamodb.internal.read.KeyQueries;
import io.github.tieredquery.dynamodb.internal.read.MergedStream;
import io.github.tieredquery.dynamodb.internal.read.ProjectedCursor;
import io.github.tieredquery.dynamodb.internal.read.ScanCursor;
import io.github.tieredquery.dynamodb.internal.read.SortedCursor;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Rows in a DynamoDB table, by the access patterns that its {@link DynamoDbTable} declares:
 *
 * <ul>
 *   <li>a partition and a time range are a Query of the rows' own sort keys;
 *   <li>with a condition that a pattern serves, they are a Query of its index items, then BatchGetItem by 100; with
 *       several such conditions their indexes are intersected; what no pattern serves is applied to the rows that were
 *       read;
 *   <li>conditions of which no pattern serves any are refused with the declaration that would, and so is a query that
 *       names no partition, unless {@link DynamoDbSourceBuilder#allowFilterScans} says otherwise.
 * </ul>
 *
 * <pre>{@code
 * DynamoDbSource hot = DynamoDbSource.builder(client, workflows).build();
 * }</pre>
 *
 * <p>An index item whose row is gone, or has another value by now, is skipped and counted
 * ({@link #stalePointersSkipped}). Memory is bounded: a cursor holds {@link DynamoDbSourceBuilder#parallelReads}
 * batches of 100 rows and one more, and two pages of each key range, which are the smaller the more ranges there are.
 * Thread-safe. Whoever builds it closes it; it doesn't close the client.
 */
public final class DynamoDbSource implements Source {

    private static final long INTERSECTED_PAGE = 1_000;

    private final String name;
    private final DeclaredTable declared;
    private final DynamoCalls calls;
    private final boolean consistent;
    private final int parallelReads;
    private final int maxSortedRows;
    private final AccessPlanner planner;
    private final TableSize size;
    private final BigDecimal pricePerMillionUnits;
    private final ExecutorService executor;
    private final LongAdder stale = new LongAdder();
    private final Set<ScanSession> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    DynamoDbSource(DynamoDbSourceBuilder builder, Backoff backoff) {
        this.declared = builder.table.declared();
        this.name = "dynamodb:" + declared.tableName();
        this.calls = new DynamoCalls(builder.client, name, backoff);
        this.consistent = builder.consistent;
        this.parallelReads = builder.parallelReads;
        this.maxSortedRows = builder.maxSortedRows;
        this.planner = new AccessPlanner(declared, name, builder.filterScans, builder.clock);
        this.pricePerMillionUnits = builder.pricePerMillionUnits;
        this.size = new TableSize(calls, declared);
        this.executor = Executors.newFixedThreadPool(parallelReads, task -> {
            Thread thread = new Thread(task, "tieredquery-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts a source.
     *
     * @param client the client; stays the caller's to close, after the source
     * @param table how the table's rows lie in DynamoDB
     * @return a builder
     */
    public static DynamoDbSourceBuilder builder(DynamoDbClient client, DynamoDbTable table) {
        return new DynamoDbSourceBuilder(client, table);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Table table() {
        return declared.table();
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.github.tieredquery.error.BadQueryException if no declared pattern serves the scan, and filter scans
     *     aren't allowed; the message holds the missing declaration
     */
    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        ScanSession reading = reading(control);
        try {
            reading.check();
            Access access = planner.plan(scan);
            long limit = isNothing(scan, access) ? 0 : scan.limit().orElse(Long.MAX_VALUE);
            boolean sorts = access.readsWholeTable() || !scan.clusteredBy().isEmpty();
            RowType type = columns(scan, access, sorts);
            RowCursor rows = rows(scan, access, type, sorts ? Long.MAX_VALUE : limit, limit == 0, reading);
            RowCursor ordered = sorts && limit > 0 ? sorted(rows, scan, type, limit, reading) : rows;
            return new ProjectedCursor(ordered, scan.rowType());
        } catch (RuntimeException e) {
            reading.close();
            throw e;
        }
    }

    private RowCursor rows(Scan scan, Access access, RowType type, long limit, boolean nothing, ScanSession reading) {
        ItemStream items = nothing ? ItemStream.of(MergedStream.none()) : items(scan, access, type, limit, reading);
        return new ScanCursor(items, declared, type, access, nothing ? 0 : limit, reading, stale::increment);
    }

    private ItemStream items(Scan scan, Access access, RowType type, long limit, ScanSession reading) {
        // Where rows may be dropped, nobody knows how many are needed: the limit is a good first guess.
        boolean exact = access.residual() instanceof Filter.All;
        long wanted = exact ? limit : limit == Long.MAX_VALUE ? limit : Math.max(limit, BatchReader.MAX_KEYS);
        // Of what is intersected, nobody knows how much comes through.
        long pageItems = access.lookups().size() > 1 ? Math.max(wanted, INTERSECTED_PAGE) : wanted;
        KeyQueries queries = new KeyQueries(declared, reading, consistent, scan.order(), pageItems);
        if (access.readsWholeTable()) {
            return queries.wholeTable(type);
        } else if (access.path() != AccessPath.INDEX) {
            return ItemStream.of(queries.rows(access, type));
        } else if (access.indexOnly()) {
            return ItemStream.of(queries.index(access));
        }
        BatchReader reader =
                new BatchReader(declared, reading, consistent, declared.items().attributes(type));
        return new FetchedItems(queries.index(access), reader, reading, wanted, parallelReads, stale::increment);
    }

    private RowCursor sorted(RowCursor rows, Scan scan, RowType type, long limit, ScanSession reading) {
        Comparator<Row> order = declared.table().rowOrder(type);
        if (scan.order() == Order.NEWEST_FIRST) {
            order = order.reversed();
        }
        List<String> cluster = scan.clusteredBy();
        for (int i = cluster.size() - 1; i >= 0; i--) {
            order = by(declared.table().column(cluster.get(i))).thenComparing(order);
        }
        return new SortedCursor(rows, order, limit, maxSortedRows, reading);
    }

    private static Comparator<Row> by(Column column) {
        Comparator<@Nullable Object> values =
                Comparator.nullsFirst(column.type().order());
        return (left, right) -> values.compare(left.value(column.name()), right.value(column.name()));
    }

    private static boolean isNothing(Scan scan, Access access) {
        return access.range().isEmpty()
                || (access.partitions().isEmpty() && !access.readsWholeTable())
                || scan.limit().orElse(1) == 0;
    }

    /** What is asked for, and what is needed to check and to sort. */
    private RowType columns(Scan scan, Access access, boolean sorts) {
        Set<String> names = new LinkedHashSet<>(scan.rowType().names());
        names.addAll(ScanCursor.checked(access).columns());
        if (sorts) {
            names.addAll(scan.clusteredBy());
            names.addAll(declared.table().orderColumns());
        }
        if (access.readsWholeTable()) {
            names.add(declared.table().timeColumn().name());
        }
        return names.equals(new LinkedHashSet<>(scan.rowType().names()))
                ? scan.rowType()
                : RowType.of(names.stream().map(declared.table()::column).toList());
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        Access access = planner.plan(scan);
        boolean byKeys = access.path() == AccessPath.KEY_RANGE
                && access.after() == null
                && access.residual() instanceof Filter.All;
        if (isNothing(scan, access) || !byKeys) {
            return countByReading(scan, control);
        }
        try (ScanSession reading = reading(control)) {
            long limit = scan.limit().orElse(Long.MAX_VALUE);
            KeyQueries queries = new KeyQueries(declared, reading, consistent, scan.order(), Long.MAX_VALUE);
            long count = 0;
            for (String partition : access.partitions()) {
                count += count < limit ? queries.count(partition, access.range(), limit - count) : 0;
            }
            return new ScanCount(count, reading.stats());
        }
    }

    private ScanCount countByReading(Scan scan, ScanControl control) {
        List<Column> key = declared.keys().type().columns();
        Scan keys = Scan.of(scan.table(), scan.range())
                .filter(scan.filter())
                .rowType(RowType.of(key))
                .order(scan.order());
        keys = scan.startAfter().map(keys::startAfter).orElse(keys);
        try (RowCursor rows =
                open(scan.limit().isPresent() ? keys.limit(scan.limit().getAsLong()) : keys, control)) {
            long count = 0;
            while (rows.next() != null) {
                count++;
            }
            return new ScanCount(count, rows.stats());
        }
    }

    /**
     * {@inheritDoc} A filter scan is priced by the table's size, which DynamoDB brings up to date every few hours.
     *
     * @throws io.github.tieredquery.error.BadQueryException if the scan would be refused
     */
    @Override
    public ScanPlan explain(Scan scan) {
        Access access = planner.plan(scan);
        return new ScanPlan(
                access.path(),
                access.describe(declared),
                access.residual(),
                access.path() == AccessPath.FILTER_SCAN ? size.unitsToReadAll(consistent) : -1);
    }

    @Override
    public BigDecimal costOf(ScanStats stats) {
        return stats.capacityUnits() < 0
                ? BigDecimal.ZERO
                : pricePerMillionUnits
                        .multiply(BigDecimal.valueOf(stats.capacityUnits()))
                        .movePointLeft(6)
                        .stripTrailingZeros();
    }

    /**
     * Gets rows by their keys: each key is asked for once, 100 in a call, several calls at a time, and what DynamoDB
     * leaves unprocessed is asked for again.
     *
     * @param keys rows that hold time, key and partition column at least; any number, also repeated ones
     * @param control tells when to stop
     * @return the rows that exist, by their keys, in the order of the keys; a key that isn't there, or has expired, has
     *     no row
     * @throws io.github.tieredquery.error.ThrottledException if DynamoDB goes on refusing
     */
    public Map<Row, Row> get(Collection<Row> keys, ScanControl control) {
        try (ScanSession reading = reading(control)) {
            reading.check();
            Map<Row, ItemKey> asked = new LinkedHashMap<>();
            keys.forEach(key -> asked.put(key, declared.keys().row(key)));
            Map<ItemKey, Map<String, AttributeValue>> items =
                    new BatchReader(declared, reading, consistent, null).all(asked.values());
            Map<Row, Row> rows = new LinkedHashMap<>();
            asked.forEach((key, itemKey) -> {
                Map<String, AttributeValue> item = items.get(itemKey);
                if (item != null && planner.isLiving(key)) {
                    rows.put(key, declared.items().row(item, declared.table().rowType()));
                }
            });
            return rows;
        }
    }

    /**
     * How many index items were skipped since their rows were gone or had another value by then: some, where rows
     * change while they are read; many mean that something writes past the library, which {@link IndexCheck} finds.
     *
     * @return the number since the source was built
     */
    public long stalePointersSkipped() {
        return stale.sum();
    }

    private ScanSession reading(ScanControl control) {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
        ScanSession reading = new ScanSession(calls, executor, control, open::remove);
        open.add(reading);
        return reading;
    }

    /** Stops what runs in the background. Open cursors fail afterwards. Calling it again does nothing. */
    @Override
    public void close() {
        closed = true;
        open.forEach(ScanSession::close);
        executor.shutdownNow();
    }
}
