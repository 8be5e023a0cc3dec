package io.github.tieredquery;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.internal.token.PageOptions;
import io.github.tieredquery.internal.token.TokenKeys;
import io.github.tieredquery.internal.view.PartitionCheck;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryListener;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ArchiveSource;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds a {@link TieredQuery}. At least one source is needed. Not thread-safe. */
public final class TieredQueryBuilder {

    private final Table table;
    private @Nullable Source hot;
    private @Nullable Source cold;
    private @Nullable Boundary boundary;
    private @Nullable Executor executor;
    private QueryListener listener = report -> {};
    private InstantSource clock = InstantSource.system();
    private Duration maxSnapshotAge = Duration.ofMinutes(10);
    private Duration partitionsSeenFor = Duration.ofMinutes(10);
    private TokenKeys tokenKeys = TokenKeys.ofThisProcess();
    private int pagesPerScan = 40;
    private long pageBytes = Long.MAX_VALUE;
    private QueryPolicy policy = QueryPolicy.unlimited();

    TieredQueryBuilder(Table table) {
        this.table = Objects.requireNonNull(table, "table");
    }

    /**
     * The hot tier. None by default: then the cold tier answers for all times.
     *
     * @param source holds the same table; a {@link HotStore} with a journal decides the boundary by it
     * @return this builder
     */
    public TieredQueryBuilder hot(Source source) {
        hot = Objects.requireNonNull(source, "source");
        return this;
    }

    /**
     * The cold tier. None by default: then the hot tier answers for all times.
     *
     * @param source holds the same table
     * @return this builder
     */
    public TieredQueryBuilder cold(Source source) {
        cold = Objects.requireNonNull(source, "source");
        return this;
    }

    /**
     * Where cold ends and hot begins, for an archive that somebody else's job fills. None by default: the hot source's
     * journal decides.
     *
     * @param split the boundary
     * @return this builder
     */
    public TieredQueryBuilder boundary(Boundary split) {
        boundary = Objects.requireNonNull(split, "split");
        return this;
    }

    /**
     * Runs cold queries that are certain to be needed while hot rows are being read, so that their latencies overlap.
     * None by default: tiers are asked one after the other.
     *
     * @param threads runs one blocking task for each such query; the caller shuts it down
     * @return this builder
     */
    public TieredQueryBuilder executor(Executor threads) {
        executor = Objects.requireNonNull(threads, "threads");
        return this;
    }

    /**
     * Hears what each slice of each query took. None by default.
     *
     * @param queryListener the listener
     * @return this builder
     */
    public TieredQueryBuilder listener(QueryListener queryListener) {
        listener = Objects.requireNonNull(queryListener, "queryListener");
        return this;
    }

    /**
     * The clock that a rolling boundary looks at, and that tells how old a snapshot is. The system's by default.
     *
     * @param instantSource the clock
     * @return this builder
     */
    public TieredQueryBuilder clock(InstantSource instantSource) {
        clock = Objects.requireNonNull(instantSource, "instantSource");
        return this;
    }

    /**
     * How old a snapshot of the hot database may be when a cold query is started with what it knows. The archiver
     * removes superseded files only after a longer time. 10 minutes by default.
     *
     * @param age positive
     * @return this builder
     * @throws IllegalArgumentException if the age isn't positive
     */
    public TieredQueryBuilder maxSnapshotAge(Duration age) {
        if (age.isZero() || age.isNegative()) {
            throw new IllegalArgumentException("the maximum snapshot age is " + age + "; it is positive");
        }
        maxSnapshotAge = age;
        return this;
    }

    /**
     * What a single query may cost. {@link QueryPolicy#unlimited()} by default.
     *
     * @param queryPolicy the policy; a scan budget needs an archive with a journal, whose manifests know the bytes
     * @return this builder
     */
    public TieredQueryBuilder policy(QueryPolicy queryPolicy) {
        policy = Objects.requireNonNull(queryPolicy, "queryPolicy");
        return this;
    }

    /**
     * Signs the tokens of pages with HMAC-SHA256, so that nobody else can make one. All instances of a service need the
     * same keys. None by default: then whoever knows a query's fingerprint can choose where in it a page starts, and no
     * more; and only the process that has scanned the archive for a page reads further ones from the same result, since
     * that part of a token is always signed, without keys by one that each process makes for itself.
     *
     * @param keys the first key signs, all of them verify: to change keys, put the new one first and drop the old one
     *     when its tokens are no longer in use. At least one, each of at least 16 random bytes; copied
     * @return this builder
     * @throws IllegalArgumentException if there is no key, or one is too short
     */
    public TieredQueryBuilder tokenKeys(byte[]... keys) {
        tokenKeys = TokenKeys.of(List.of(keys));
        return this;
    }

    /**
     * How many pages' worth of rows a scan of the archive asks for. The first page pays for the scan, further ones are
     * read from its result while the backend keeps it and no archiver commits. 40 by default.
     *
     * @param pages how many, 1 or more
     * @return this builder
     * @throws IllegalArgumentException if {@code pages} isn't positive
     */
    public TieredQueryBuilder pagesPerScan(int pages) {
        if (pages <= 0) {
            throw new IllegalArgumentException("a scan is for " + pages + " pages; it is for 1 or more");
        }
        pagesPerScan = pages;
        return this;
    }

    /**
     * How large a page may grow. A page ends with the row that reaches the bound, so it may have fewer rows than its
     * size, and more bytes than the bound by less than a row. Each value counts 8 bytes, texts 2 more for each
     * character and byte strings their length. No bound by default.
     *
     * @param bytes how many bytes, positive
     * @return this builder
     * @throws IllegalArgumentException if {@code bytes} isn't positive
     */
    public TieredQueryBuilder pageBytes(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a page is of " + bytes + " bytes; it is of 1 or more");
        }
        pageBytes = bytes;
        return this;
    }

    /**
     * For how long a partition that the cold store's catalog knew is taken to be there. A query that selects a
     * partition with rows that wasn't seen for so long first looks it up, which costs one statement that reads no data
     * (on Athena about a second); one that is gone fails the query with
     * {@link io.github.tieredquery.error.MissingPartitionException}. 10 minutes by default.
     *
     * @param time positive
     * @return this builder
     * @throws IllegalArgumentException if the time isn't positive
     */
    public TieredQueryBuilder partitionsSeenFor(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("partitionsSeenFor(" + time + "): the time is positive");
        }
        partitionsSeenFor = time;
        return this;
    }

    /**
     * Builds an object whose rows are {@link Row}s.
     *
     * @return the object
     * @throws ConfigurationException if the settings contradict each other
     */
    public TieredQuery<Row> build() {
        return build(Function.identity(), List.of());
    }

    /**
     * Builds an object whose rows are mapped onto a record by the names of its components: {@code departedAt} is the
     * column {@code departed_at}. Only the record's columns are read. This is the one place where reflection is used.
     *
     * @param record the record class
     * @param <T> the record
     * @return the object
     * @throws IllegalArgumentException if a component has no column of its name and type
     * @throws ConfigurationException if the settings contradict each other
     */
    public <T extends Record> TieredQuery<T> buildFor(Class<T> record) {
        RecordMapper<T> mapper = RecordMapper.of(record, table);
        return build(mapper, mapper.columns());
    }

    /**
     * Builds an object whose rows are mapped by a function.
     *
     * @param mapper makes an object from a row; it must be thread-safe and mustn't return null
     * @param <T> what it makes
     * @return the object
     * @throws ConfigurationException if the settings contradict each other
     */
    public <T> TieredQuery<T> buildWith(Function<Row, T> mapper) {
        return build(mapper, List.of());
    }

    private <T> TieredQuery<T> build(Function<Row, T> mapper, List<String> columns) {
        TierSet tiers = new TierSet(table, hot, cold, boundary, executor, listener, clock, maxSnapshotAge, policy);
        check(tiers);
        return new TieredQuery<>(
                tiers,
                new PartitionCheck(table, tiers.journaled(), tiers.archive(), clock, partitionsSeenFor),
                Filter.all(),
                mapper,
                columns,
                new PageOptions(tokenKeys, pagesPerScan, pageBytes));
    }

    private void check(TierSet tiers) {
        if (hot == null && cold == null) {
            throw new ConfigurationException(
                    "table '" + table.name() + "' has no source; give hot(…), cold(…) or both");
        }
        checkTable(hot);
        checkTable(cold);
        if (hot != null && hot == cold) {
            throw new ConfigurationException("table '" + table.name() + "': " + hot.name()
                    + " is given as both tiers; give another cold(…), or one tier alone");
        }
        HivePartitionLayout layout =
                cold instanceof ArchiveSource source ? source.archiveLayout().orElse(null) : null;
        if (cold != null && layout != null && layout.isVersioned() && tiers.journaled() == null) {
            throw new ConfigurationException("table '" + table.name() + "': " + cold.name()
                    + " holds versions, of which some don't count, and only the journal of the hot store tells which;"
                    + " give a hot(…) with that journal, or a layout withoutVersion() for an archive of somebody"
                    + " else's job");
        }
        if (policy.hasBudget() && cold != null && (tiers.journaled() == null || tiers.coldStore() == null)) {
            throw new ConfigurationException("table '" + table.name() + "' has a policy with a scan budget, but nothing"
                    + " tells how many bytes a query of " + cold.name() + " reads: that stands in the manifests of an"
                    + " archive with a journal. Limit the range instead");
        }
        if (cold != null && layout == null && tiers.journaled() != null) {
            throw new ConfigurationException("table '" + table.name() + "': " + cold.name()
                    + " doesn't say how the archive's partitions are laid out, so behind the journal of "
                    + tiers.journaled().name() + " it could show versions that don't count, and lack partitions"
                    + " unnoticed; build it with a layout(…), or the hot source without a journal");
        }
        if (hot == null || cold == null) {
            if (boundary != null) {
                throw new ConfigurationException("table '" + table.name() + "' has the boundary " + boundary
                        + " but only one tier; give both tiers or no boundary");
            }
            return;
        }
        if (tiers.journaled() != null && boundary != null) {
            throw new ConfigurationException("table '" + table.name() + "' has the boundary " + boundary + ", but "
                    + hot.name() + " has a journal, whose watermark is the boundary; leave boundary(…) out");
        }
        if (tiers.journaled() == null && boundary == null) {
            throw new ConfigurationException("table '" + table.name() + "': nothing tells where " + cold.name()
                    + " ends and " + hot.name() + " begins; give the hot source a journal, or a boundary(…)");
        }
        if (boundary != null
                && layout != null
                && !layout.zone().normalized().equals(boundary.zone().normalized())) {
            throw new ConfigurationException("table '" + table.name() + "': the boundary's days end at midnight in "
                    + boundary.zone() + ", the archive's in " + layout.zone() + "; use the archive's zone");
        }
        if (boundary != null && boundary.hasOverlap()) {
            checkPrecision(hot, cold, boundary);
        }
    }

    private void checkPrecision(Source hot, Source cold, Boundary boundary) {
        for (String name : table.orderColumns()) {
            Column column = table.column(name);
            if (column.type().kind() == ColumnType.Kind.TIMESTAMP
                    && cold.timeUnit(column).compareTo(hot.timeUnit(column)) > 0) {
                throw new ConfigurationException("table '" + table.name() + "': " + cold.name() + " keeps column '"
                        + name + "' in units of " + cold.timeUnit(column) + " and " + hot.name() + " in units of "
                        + hot.timeUnit(column) + ", so with the boundary " + boundary
                        + " a row that both have would come twice; leave overlapDays(…) out");
            }
        }
    }

    private void checkTable(@Nullable Source source) {
        if (source != null && !source.table().equals(table)) {
            throw new ConfigurationException(
                    source.name() + " holds\n  " + source.table() + "\nbut the query is built for\n  " + table);
        }
    }
}
