package io.github.tieredquery;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.ExporterBuilder;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.export.CsvFile;
import io.github.tieredquery.internal.export.DefaultExporterBuilder;
import io.github.tieredquery.internal.export.TierBackend;
import io.github.tieredquery.internal.fold.CountSink;
import io.github.tieredquery.internal.fold.Fold;
import io.github.tieredquery.internal.fold.GroupSink;
import io.github.tieredquery.internal.plan.Planner;
import io.github.tieredquery.internal.stream.Pager;
import io.github.tieredquery.internal.stream.QueryCursor;
import io.github.tieredquery.internal.stream.SegmentedRead;
import io.github.tieredquery.internal.token.PageOptions;
import io.github.tieredquery.internal.view.PartitionCheck;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One table over both of its tiers: every row is seen exactly once, in the order of (time, key), whatever tier it lives
 * in and whatever the archiver does meanwhile.
 *
 * <pre>{@code
 * TieredQuery<Flight> flights = TieredQuery.builder(table).hot(hot).cold(cold).buildFor(Flight.class);
 * try (Stream<Flight> rows = flights.stream(Query.between(from, to).where(eq("origin", "SFO")).newestFirst())) {
 *     rows.forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe; one object serves a whole application. It needs no closing: the sources belong to
 * whoever built them. Calls block the calling thread.
 *
 * <h2>Exception handling</h2>
 *
 * <p>All methods that take a query throw {@link BadQueryException} if it doesn't fit the table, and, but for
 * explaining, {@link io.github.tieredquery.error.RefusedByPolicyException} if it costs too much, at the call. Reading
 * can fail with any {@link io.github.tieredquery.error.TieredQueryException}: the source is unavailable or throttled,
 * the query's timeout has passed, or the archive lacks a partition that its manifest lists.
 *
 * @param <T> what rows are mapped onto
 */
public final class TieredQuery<T> {

    private static final int KEYS_PER_ERASURE = 500;

    private final TierSet tiers;
    private final PartitionCheck registration;
    private final Filter mandatory;
    private final Function<Row, T> mapper;
    private final List<String> mappedColumns;
    private final PageOptions pageOptions;

    TieredQuery(
            TierSet tiers,
            PartitionCheck registration,
            Filter mandatory,
            Function<Row, T> mapper,
            List<String> mappedColumns,
            PageOptions pageOptions) {
        this.tiers = tiers;
        this.registration = registration;
        this.mandatory = mandatory;
        this.mapper = mapper;
        this.mappedColumns = mappedColumns;
        this.pageOptions = pageOptions;
    }

    /**
     * Starts building.
     *
     * @param table the table that the sources hold rows of
     * @return a builder
     */
    public static TieredQueryBuilder builder(Table table) {
        return new TieredQueryBuilder(table);
    }

    /**
     * The table.
     *
     * @return the table
     */
    public Table table() {
        return tiers.table();
    }

    /**
     * The same table with a condition that every query of the returned object has on top of its own: a tenant, say.
     * Conditions add up.
     *
     * @param filter the condition, not null
     * @return an object that sees only the rows that match
     * @throws BadQueryException if the condition doesn't fit the table
     */
    public TieredQuery<T> restrictedTo(Filter filter) {
        return new TieredQuery<>(
                tiers,
                registration,
                Filter.and(mandatory, filter.boundTo(table())),
                mapper,
                mappedColumns,
                pageOptions);
    }

    /**
     * The rows of a query as a stream. Nothing is read before the stream's first row is asked for, but the journal if
     * there is a {@linkplain TieredQueryBuilder#policy policy} to judge the query by; memory is bounded by the sources'
     * fetch sizes, whatever the number of rows.
     *
     * @param query the query; its timeout starts now
     * @return the rows in order, sequential. The caller closes it; closing early stops what runs in the backends
     */
    public Stream<T> stream(Query query) {
        return stream(query, control(query));
    }

    /** For tests that have their own clock or stop the query from outside. */
    Stream<T> stream(Query query, ScanControl control) {
        QueryCursor run = run(request(query), call(control));
        return StreamSupport.stream(spliterator(run), false).onClose(run::close);
    }

    private QueryCursor run(BoundQuery request, QueryCall call) {
        new Planner(call, request).enforce();
        return new QueryCursor(
                () -> new SegmentedRead(call, request, null), call.control(), request.isEmpty() ? 0 : request.limit());
    }

    private Spliterator<T> spliterator(RowCursor rows) {
        return new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL) {
            @Override
            public boolean tryAdvance(Consumer<? super T> action) {
                Row row = rows.next();
                if (row == null) {
                    return false;
                }
                action.accept(mapper.apply(row));
                return true;
            }
        };
    }

    /**
     * The rows of a query as a list. For results that fit into memory; give the query a limit if in doubt.
     *
     * @param query the query
     * @return the rows in order, unmodifiable
     */
    public List<T> list(Query query) {
        try (Stream<T> rows = stream(query)) {
            return rows.toList();
        }
    }

    /**
     * Some rows of a query, and a token that the next call goes on with. A page starts after the last row of the one
     * before, by its time and key: pages taken together are what {@link #stream} gives, in either direction, each row
     * once, also if rows are archived between two calls. Rows that are inserted behind the position are not returned;
     * rows that are inserted ahead of it are.
     *
     * <p>A token is text for URLs, shorter than 300 characters for ordinary keys. It holds the time and the key of a
     * row, readable to whoever decodes it, and nothing else of it. It is of use with the same query only, restrictions
     * included; whatever is done to it, it leads to no row outside of that query. With
     * {@linkplain TieredQueryBuilder#tokenKeys keys} nobody else can make one.
     *
     * @param query the query, without a limit; its timeout is that of one page
     * @param size how many rows at most, positive; it may differ from page to page
     * @param token what the page before told; null for the first page
     * @return the rows, fewer than {@code size} only on the last page, or where a page is as large as
     *     {@link TieredQueryBuilder#pageBytes} allows; the last page may be empty
     * @throws io.github.tieredquery.error.BadPageTokenException if the token isn't one that this query gave out
     * @throws BadQueryException if the query has a limit
     * @throws IllegalArgumentException if {@code size} isn't positive
     */
    public Page<T> page(Query query, int size, @Nullable String token) {
        if (size <= 0) {
            throw new IllegalArgumentException("the size of a page is " + size + "; it is positive");
        }
        if (query.limit().isPresent()) {
            throw new BadQueryException("table '" + table().name() + "': the query has the limit "
                    + query.limit().getAsLong() + ", but pages are limited by their size; leave limit(…) out");
        }
        QueryCall call = call(control(query));
        BoundQuery asked = request(query);
        Pager pager = new Pager(asked, size, pageOptions, token);
        if (asked.isEmpty()) {
            return new Page<>(List.of(), null);
        }
        new Planner(call, pager.rest()).enforce();
        return pager.read(
                (rest, reuse) ->
                        new QueryCursor(() -> new SegmentedRead(call, rest, reuse), call.control(), rest.limit()),
                mapper);
    }

    /**
     * Counts the rows of a query without reading them. Whole partitions are counted by the archive's manifest, at no
     * cost, if the filter is on partition columns only; the rest is counted in the backends. Where late rows or
     * tombstones lie in a stretch of the archive, the cold tier leaves out what they hide, by their keys; where there
     * are more than 500, the keys of that stretch are read and merged.
     *
     * @param query the query; its columns and order don't matter, its limit bounds the count: to learn whether there
     *     are more than 10,000 rows, count with the limit 10,001. Counting ends as soon as the limit is reached
     * @return how many rows {@link #stream} would give
     */
    public long count(Query query) {
        QueryCall call = call(control(query));
        BoundQuery request = keysOf(query);
        if (request.isEmpty()) {
            return 0;
        }
        new Planner(call, request).enforceCount();
        CountSink counted = new CountSink(tiers, request);
        Fold.run(call, request, counted);
        return counted.count();
    }

    /**
     * Deletes all rows that a query finds, wherever they lie; {@link Eraser} says what is visible when. Their keys are
     * read as {@link #stream} would, and erased while they are read, {@value #KEYS_PER_ERASURE} in each transaction: a
     * failure leaves the rest, and the same call goes on with it. A row that is written meanwhile may stay, and one
     * that is changed meanwhile so that it doesn't match any more may go. It takes two connections of the hot store at
     * a time.
     *
     * @param query the query; its columns don't matter, its limit bounds how many rows are erased
     * @return what was done
     * @throws ConfigurationException if there is no hot store with a journal, or no cold one
     */
    public EraseResult erase(Query query) {
        HotStore journaled = tiers.journaled();
        if (journaled == null) {
            throw new ConfigurationException(
                    "table '" + table().name()
                            + "' has no journaled archive to erase from; build it with a cold source and a hot one with a journal");
        }
        ScanControl control = control(query);
        Eraser eraser = Eraser.of(journaled).within(control);
        EraseResult done = new EraseResult(0, 0);
        try (QueryCursor run = run(keysOf(query), call(control))) {
            List<Row> batch = new ArrayList<>();
            for (Row row = run.next(); row != null; row = run.next()) {
                batch.add(row);
                if (batch.size() == KEYS_PER_ERASURE) {
                    done = done.plus(eraser.erase(batch));
                    batch.clear();
                }
            }
            return done.plus(eraser.erase(batch));
        }
    }

    /**
     * Groups the rows of a query and measures the groups, in the order of the bucket and then of the grouped columns:
     * numbers by value, texts by code point, NULL last. Each tier aggregates its own rows, and the groups are put
     * together here. Late rows count and what they hide doesn't: up to 500 of them are left out by the cold tier, by
     * their keys; where there are more, the archive's rows of the range are read and aggregated here.
     *
     * <pre>{@code
     * List<Row> perDay = flights.aggregate(query, Aggregation.by("origin").perDay(zone).count().avg("delay"));
     * perDay.get(0).date("day");
     * perDay.get(0).decimal("avg_delay");
     * }</pre>
     *
     * @param query the query, without a limit; its columns and order don't matter
     * @param aggregation what to make of its rows
     * @return one row for each group that has rows, with the columns of {@link Aggregation#resultOf}; unmodifiable
     * @throws BadQueryException if the aggregation doesn't fit the table, has more groups than it allows, a sum has
     *     more than 38 digits, or the query has a limit
     */
    public List<Row> aggregate(Query query, Aggregation aggregation) {
        if (query.limit().isPresent()) {
            throw new BadQueryException("table '" + table().name() + "': the query has the limit "
                    + query.limit().getAsLong() + ", but all of its rows are aggregated; leave limit(…) out");
        }
        RowType type = RowType.of(aggregation.resultOf(table()));
        QueryCall call = call(control(query));
        BoundQuery request = BoundQuery.of(table(), query.columns(aggregation.read(table())), mandatory);
        new Planner(call, request).enforce();
        GroupSink groups = new GroupSink(request, aggregation, type);
        Fold.run(call, request, groups);
        return groups.rows();
    }

    /**
     * How a query would be answered and what that would cost. It reads the journal and nothing of either tier, but for
     * a look whether the hot store has late rows, which ends at the first. With a limit, and a filter on partition
     * columns alone, it tells of the part of the archive that certainly has enough rows; otherwise of all that may be
     * read.
     *
     * @param query the query
     * @return the plan
     */
    public QueryPlan explain(Query query) {
        return new Planner(call(control(query)), request(query)).plan();
    }

    /**
     * How {@link #count} would count a query, and what that would cost. Beyond the journal it looks at the late rows of
     * the hot store, since they decide which partitions are counted by the manifest.
     *
     * @param query the query
     * @return the plan
     */
    public QueryPlan explainCount(Query query) {
        return new Planner(call(control(query)), keysOf(query)).planCount();
    }

    /**
     * Writes the rows of a query as CSV to a stream. They pass through this process, cold ones too, a few at a time:
     * for big results there is {@link #exporter}.
     *
     * @param query the query; its columns are written, whatever rows are mapped onto
     * @param options how to write
     * @param target where to; stays the caller's to close
     * @return how many rows were written
     * @throws IOException if the stream can't be written to
     */
    public long writeCsv(Query query, CsvOptions options, OutputStream target) throws IOException {
        BoundQuery request = BoundQuery.of(table(), query, mandatory);
        long written = 0;
        try (QueryCursor rows = run(request, call(control(query)))) {
            CsvFile file = CsvFile.start(request.rowType(), options, target);
            for (Row row = rows.next(); row != null; row = rows.next()) {
                file.write(row);
                written++;
            }
            file.finish();
        }
        return written;
    }

    /**
     * Writes the rows of a query as CSV to a file, as {@link #writeCsv(Query, CsvOptions, OutputStream)} does. The file
     * appears when it is complete, in place of one that was there; if writing fails there is nothing new.
     *
     * @param query the query
     * @param options how to write
     * @param target the file
     * @return how many rows were written
     * @throws IOException if the file can't be written
     */
    public long writeCsv(Query query, CsvOptions options, Path target) throws IOException {
        Path whole = target.toAbsolutePath();
        Path part = Files.createTempFile(
                Objects.requireNonNull(whole.getParent(), "a file has a directory"),
                "." + whole.getFileName(),
                ".part");
        try {
            long written;
            try (OutputStream out = Files.newOutputStream(part)) {
                written = writeCsv(query, options, out);
            }
            Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return written;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /**
     * Starts building an exporter, which brings the rows of queries into CSV objects without sending what is cold
     * through this process. It sees what this object sees: the same tiers, the same restrictions. Its tickets are
     * signed with the {@linkplain TieredQueryBuilder#tokenKeys keys} of the service, which have to be given.
     *
     * @param store where the objects are to be
     * @return a builder
     * @throws io.github.tieredquery.error.ConfigurationException if the service has no keys, or the cold source can't
     *     write files
     */
    public ExporterBuilder exporter(ExportStore store) {
        return new DefaultExporterBuilder(
                new TierBackend(tiers, registration, mandatory, pageOptions.tokenKeys()), store);
    }

    /** The rows of a query by time and key alone. */
    private BoundQuery keysOf(Query query) {
        return BoundQuery.of(table(), query.columns(table().orderColumns()), mandatory);
    }

    private QueryCall call(ScanControl control) {
        return new QueryCall(tiers, registration, control);
    }

    private static ScanControl control(Query query) {
        return query.timeout().map(ScanControl::within).orElseGet(ScanControl::unlimited);
    }

    private BoundQuery request(Query query) {
        if (mappedColumns.isEmpty()) {
            return BoundQuery.of(table(), query, mandatory);
        }
        if (query.columns().isEmpty()) {
            return BoundQuery.of(table(), query.columns(mappedColumns), mandatory);
        }
        if (!query.columns().containsAll(mappedColumns)) {
            throw new BadQueryException("table '" + table().name() + "': the query chooses the columns "
                    + query.columns() + ", but its rows are mapped onto a record that needs " + mappedColumns);
        }
        return BoundQuery.of(table(), query, mandatory);
    }
}
