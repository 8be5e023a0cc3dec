package io.github.tieredquery.athena;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.HivePath;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.ResultSource;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanGroups;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.ForeignPartition;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.Removed;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.athena.model.MetadataException;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * Cold rows in an Athena table over S3.
 *
 * <pre>{@code
 * AthenaSource cold = AthenaSource.builder(aws, table)
 *         .table("lake", "flights")
 *         .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"))
 *         .location("s3://archive/flights/")
 *         .workGroup("api")
 *         .outputLocation("s3://results/")
 *         .build();
 * }</pre>
 *
 * <p>Results are read from S3, in bounded memory: up to {@link AthenaSourceBuilder#readAhead} for each open cursor.
 * Thread-safe. Whoever builds it closes it; it doesn't close the {@link AwsAccess}.
 */
public final class AthenaSource implements ColdStore, ResultSource, ExportSource {

    private static final Logger LOG = LoggerFactory.getLogger(AthenaSource.class);
    private static final int CLOSING_SECONDS = 5;
    private static final Codec TEXT = TextCodec.plain(ColumnType.STRING);
    private static final Codec NUMBER = new NativeCodec(ColumnType.INT64);
    private static final Codec PARTITION = TextCodec.plain(ColumnType.STRING, HivePath.NULL_TEXT);

    private final String name;
    private final AwsAccess aws;
    private final ColdTable cold;
    private final TableDdl ddl;
    private final Archive archive;
    private final StatementRunner runner;
    private final ResultReader results;
    private final ExecutorService executor;
    private final AthenaExports exports;
    private final ScanPrice price;
    private final boolean writable;
    private final String catalog;
    private final @Nullable String workGroup;
    private final @Nullable ColdTable adopted;
    private final @Nullable ForeignArchive foreign;
    /** How the files of a table are written that has taken over another one's; null if none or not known yet. */
    private volatile @Nullable ForeignStorage storage;
    /** What runs now, to be ended when the source is closed. */
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    AthenaSource(AthenaSourceBuilder builder, Pauses pauses) {
        this.cold = builder.coldTable();
        this.name = "athena:" + cold.database() + "." + cold.name();
        this.aws = builder.aws;
        this.ddl = builder.ddl(cold);
        this.archive = new Archive(aws, cold, ddl, builder.archiveOptions());
        this.writable = !builder.isExisting();
        this.catalog = builder.catalog;
        this.workGroup = builder.workGroup;
        this.price = builder.price;
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "tieredquery-" + name);
            thread.setDaemon(true);
            return thread;
        });
        this.runner = new StatementRunner(aws, name, builder.runnerOptions(), pauses);
        this.exports = new AthenaExports(aws, name, cold, runner);
        this.adopted = builder.adoptedTable();
        this.foreign = adopted == null
                ? null
                : new ForeignArchive(
                        adopted,
                        cold.layout(),
                        ddl.partitionColumns().subList(0, ddl.partitionColumns().size() - 1),
                        ddl.location(),
                        (sql, names, codecs, control) -> read(run(sql, control), names, codecs, control),
                        aws,
                        runner.calls());
        this.results = new ResultReader(aws, runner.calls(), builder.readOptions(), executor);
    }

    /**
     * Starts a source.
     *
     * @param aws the clients; stays the caller's to close, after the source
     * @param table the logical table
     * @return a builder
     */
    public static AthenaSourceBuilder builder(AwsAccess aws, Table table) {
        return new AthenaSourceBuilder(aws, table);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Table table() {
        return cold.table();
    }

    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        if (cold.isEmpty(scan)) {
            return new NoRows();
        }
        Execution execution = run(cold.select(scan), control);
        return cursor(
                scan, execution, results.open(execution, scan.rowType().names(), reading(execution), control), control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>It takes one call of GetQueryExecution, which tells whether the execution ran the very statement that this
     * scan would run, and one ranged read of its result file.
     */
    @Override
    public Optional<ResultCursor> resume(Scan scan, ResultPlace place, ScanControl control) {
        if (cold.isEmpty(scan)) {
            return Optional.empty();
        }
        Execution execution = runner.finished(place.executionId(), cold.select(scan), control);
        ResultRows rows = execution == null
                ? null
                : results.resume(execution, scan.rowType().names().size(), place.offset(), reading(execution), control);
        return execution == null || rows == null
                ? Optional.empty()
                : Optional.of(cursor(scan, execution, rows, control));
    }

    private AthenaCursor cursor(Scan scan, Execution execution, ResultRows rows, ScanControl control) {
        AthenaCursor cursor = new AthenaCursor(
                rows,
                scan.rowType(),
                cold,
                new ScanStats(execution.id(), execution.bytesScanned()),
                reading(execution),
                control,
                open::remove);
        open.add(cursor);
        if (closed) {
            cursor.close();
            throw closedWhile("opening a scan");
        }
        return cursor;
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        if (cold.isEmpty(scan)) {
            return new ScanCount(0, new ScanStats(null, 0));
        }
        Execution execution = run(cold.count(scan), control);
        List<List<@Nullable Object>> rows = read(execution, List.of("rows"), List.of(NUMBER), control);
        if (rows.size() != 1 || !(rows.get(0).get(0) instanceof Long count)) {
            throw new SourceUnavailableException(
                    reading(execution) + ": it was to count and has " + rows.size() + " rows");
        }
        return new ScanCount(count, new ScanStats(execution.id(), execution.bytesScanned()));
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query, unless rows are to be sorted into days and the times are texts of a pattern: these are read and
     * aggregated here.
     */
    @Override
    public ScanGroups aggregate(GroupedScan grouped, ScanControl control) {
        ColdGroups groups = ColdGroups.of(cold, grouped);
        if (groups == null) {
            return ColdStore.super.aggregate(grouped, control);
        }
        if (cold.isEmpty(grouped.scan())) {
            return new ScanGroups(List.of(), new ScanStats(null, 0));
        }
        Execution execution = run(groups.select(), control);
        List<Row> rows = new ArrayList<>();
        for (List<@Nullable Object> values : read(execution, groups.names(), groups.codecs(), control)) {
            rows.add(grouped.rowType().row(values.toArray()));
        }
        return new ScanGroups(rows, new ScanStats(execution.id(), execution.bytesScanned()));
    }

    /** A small result as a whole. */
    private List<List<@Nullable Object>> read(
            Execution execution, List<String> columns, List<Codec> codecs, ScanControl control) {
        List<List<@Nullable Object>> all = new ArrayList<>();
        try (ResultRows rows = results.open(execution, columns, reading(execution), control)) {
            while (rows.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 0; i < codecs.size(); i++) {
                    row.add(rows.value(i, codecs.get(i)));
                }
                all.add(row);
            }
        }
        return all;
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return cold.explain(scan);
    }

    @Override
    public BigDecimal costOf(long bytesScanned) {
        return price.of(bytesScanned);
    }

    /**
     * {@inheritDoc}
     *
     * <p>What was answered without a statement of its own, from manifests or from the result of an earlier statement,
     * costs nothing.
     */
    @Override
    public BigDecimal costOf(ScanStats stats) {
        return stats.bytesScanned() <= 0 ? BigDecimal.ZERO : costOf(stats.bytesScanned());
    }

    @Override
    public Duration timeUnit(Column column) {
        return Duration.of(cold.column(column.name()).codec().unitMicros(), ChronoUnit.MICROS);
    }

    /**
     * The DDL that makes the table in Athena.
     *
     * @return a {@code CREATE EXTERNAL TABLE IF NOT EXISTS} statement
     * @throws ConfigurationException if it takes over another table, which isn't there or can't be taken over
     */
    public String createTableStatement() {
        return adopted == null || foreign == null
                ? ddl.createTable()
                : ddl.createLike(foreign.storage(metadata(adopted)));
    }

    @Override
    public Optional<String> exportStatement(ExportScan scan) {
        return exports.statement(scan);
    }

    @Override
    public int longestStatementBytes() {
        return StatementRunner.LONGEST_STATEMENT_BYTES;
    }

    @Override
    public String startExport(String statement, String token, ScanControl control) {
        return runner.start(statement, token, control);
    }

    @Override
    public ExportSource.Progress lookAt(String executionId, ScanControl control) {
        return exports.lookAt(executionId, control);
    }

    @Override
    public void stopExport(String executionId, ScanControl control) {
        exports.stop(executionId, control);
    }

    @Override
    public HivePartitionLayout layout() {
        return cold.layout();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Columns that were appended to the table are added to the one in Athena, which takes one DDL statement.
     * Partitions that are registered already keep the columns that they have in Glue, and show NULL for the others.
     */
    @Override
    public void prepare(ScanControl control) {
        refuseIfReadOnly();
        TableMetadata found = metadata();
        if (found == null) {
            run(createTableStatement(), control);
            found = metadata();
        } else if (!appended(found).isEmpty()) {
            addColumns(appended(found), control);
            found = metadata();
        }
        check(found);
    }

    /** Somebody else may do so at the same time: who comes second fails, and finds the columns there. */
    private void addColumns(List<ColdColumn> columns, ScanControl control) {
        String statement = ddl.addColumns(columns);
        for (ColdColumn column : columns) {
            if (column.codec().declaredType().equals("date")) {
                throw new ConfigurationException(name + ": Athena's ALTER TABLE can't add '" + column.physicalName()
                        + "', since it is a date. Add the columns in Glue, at the end of the others, as\n" + statement
                        + "\nwould");
            }
        }
        try {
            run(statement, control);
        } catch (TieredQueryException e) {
            TableMetadata now = metadata();
            if (now == null || !appended(now).isEmpty()) {
                throw e;
            }
        }
    }

    @Override
    public ColdFile create(HivePartition partition, long version, int part) {
        refuseIfReadOnly();
        return archive.create(partition, version, part, adopted == null ? null : storage());
    }

    private ForeignStorage storage() {
        if (storage == null) {
            checkTable();
        }
        return Objects.requireNonNull(storage, "the table was checked");
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query of the other table's partitions list, which reads the catalog and no file.
     */
    @Override
    public List<HivePartition> adoptable(ScanControl control) {
        if (adopted == null || foreign == null) {
            throw new ConfigurationException(
                    name + " takes over no archive; say which with adopting(…) when it is built");
        }
        foreign.storage(metadata(adopted));
        return foreign.partitions(control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query of the other table, which reads the partitions once, and an S3 listing for each partition.
     */
    @Override
    public List<ForeignPartition> adoptable(Collection<HivePartition> partitions, ScanControl control) {
        return foreign == null || partitions.isEmpty() ? List.of() : foreign.files(partitions, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>One CopyObject, for files of up to 5 GiB.
     */
    @Override
    public StoredFile copy(StoredFile file, HivePartition partition, long version, int part, ScanControl control) {
        refuseIfReadOnly();
        control.check("copying " + file.location());
        return archive.copy(file, partition, version, part);
    }

    @Override
    public void publish(Collection<PartitionManifest> manifests, ScanControl control) {
        refuseIfReadOnly();
        archive.registrations(manifests).forEach(statement -> run(statement, control));
    }

    @Override
    public List<StoredFile> observe(TimeRange window, long version, ScanControl control) {
        List<StoredFile> files = new ArrayList<>();
        Execution execution = run(cold.files(window, version), control);
        for (List<@Nullable Object> row : read(execution, List.of("path", "rows"), List.of(TEXT, NUMBER), control)) {
            files.add(new StoredFile(
                    String.valueOf(row.get(0)), (Long) Objects.requireNonNull(row.get(1), "count(*) is NULL"), -1));
        }
        return files;
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query of the table's partitions list, which reads the catalog and no file; none where partitions are
     * projected.
     */
    @Override
    public List<PartitionManifest> unregistered(Collection<PartitionManifest> expected, ScanControl control) {
        if (expected.isEmpty() || !archive.isRegistered()) {
            return List.of();
        }
        Instant from = expected.stream()
                .map(PartitionManifest::minTime)
                .min(Instant::compareTo)
                .orElseThrow();
        Instant to = expected.stream()
                .map(PartitionManifest::maxTime)
                .max(Instant::compareTo)
                .orElseThrow();
        LongSummaryStatistics versions =
                expected.stream().mapToLong(PartitionManifest::version).summaryStatistics();
        String sql = cold.registered(
                ddl.partitionColumns(), new TimeRange(from, to.plusNanos(1)), versions.getMin(), versions.getMax());
        List<String> names = ddl.partitionColumns();
        Set<List<@Nullable Object>> registered =
                new HashSet<>(read(run(sql, control), names, Collections.nCopies(names.size(), PARTITION), control));
        return expected.stream()
                .filter(each -> !registered.contains(texts(each)))
                .toList();
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query of the table's partitions list, DDL for what it finds, and S3 listings of the windows' directories.
     */
    @Override
    public Removed remove(Collection<DeadVersion> dead, ScanControl control) {
        refuseIfReadOnly();
        if (dead.isEmpty() || !layout().isVersioned()) {
            return Removed.NOTHING;
        }
        Set<Long> versions = dead.stream().map(DeadVersion::version).collect(Collectors.toSet());
        long partitions = archive.isRegistered() ? drop(dead, versions, control) : 0;
        DeadFiles files = new DeadFiles(aws, runner.calls(), ddl.location(), versions, control);
        HivePartitionPlanner planner = HivePartitionPlanner.of(table(), layout());
        dead.stream().map(each -> planner.directory(each.window())).distinct().forEach(files::removeBelow);
        return new Removed(dead.size(), partitions, files.files(), files.bytes());
    }

    private long drop(Collection<DeadVersion> dead, Set<Long> versions, ScanControl control) {
        Instant from = dead.stream()
                .map(each -> each.window().from())
                .min(Instant::compareTo)
                .orElseThrow();
        Instant to = dead.stream()
                .map(each -> each.window().to())
                .max(Instant::compareTo)
                .orElseThrow();
        List<String> names = ddl.partitionColumns();
        String sql =
                cold.registered(names, new TimeRange(from, to), Collections.min(versions), Collections.max(versions));
        Map<Long, List<HivePartition>> registered = new TreeMap<>();
        for (List<@Nullable Object> texts :
                read(run(sql, control), names, Collections.nCopies(names.size(), PARTITION), control)) {
            int last = texts.size() - 1;
            long version = Long.parseLong(String.valueOf(texts.get(last)));
            if (versions.contains(version)) {
                List<@Nullable String> values = new ArrayList<>();
                texts.subList(0, last).forEach(text -> values.add(text == null ? null : text.toString()));
                registered
                        .computeIfAbsent(version, absent -> new ArrayList<>())
                        .add(HivePartition.of(layout(), values));
            }
        }
        registered.forEach((version, partitions) ->
                ddl.dropPartitions(partitions, version).forEach(statement -> run(statement, control)));
        return registered.values().stream().mapToLong(List::size).sum();
    }

    private List<@Nullable Object> texts(PartitionManifest manifest) {
        List<@Nullable Object> texts = new ArrayList<>(manifest.partition().values());
        if (layout().isVersioned()) {
            texts.add(HivePartitionLayout.versionText(manifest.version()));
        }
        return texts;
    }

    private void refuseIfReadOnly() {
        if (!writable) {
            throw new ConfigurationException(name + ": the table is said to be existing(): somebody else fills it");
        }
    }

    private String reading(Execution execution) {
        return "reading from " + name + " (execution " + execution.id() + ")";
    }

    /** Runs a statement; it is stopped when the source is closed. */
    Execution run(String sql, ScanControl control) {
        if (closed) {
            throw closedWhile("starting a statement");
        }
        AutoCloseable running = control::cancel;
        open.add(running);
        try {
            return runner.run(sql, control);
        } finally {
            open.remove(running);
        }
    }

    /** Compares the table in Athena with this source's. */
    void checkTable() {
        check(metadata());
    }

    private void check(@Nullable TableMetadata metadata) {
        if (metadata == null) {
            throw new ConfigurationException(name + ": there is no such table in the catalog " + catalog
                    + "; make it with createTableIfMissing(), or run\n" + createTableStatement());
        }
        List<String> differences = SchemaCheck.differences(cold, ddl.partitionColumns(), metadata);
        if (writable && isPositional()) {
            differences.addAll(SchemaCheck.misplaced(cold, metadata));
        }
        List<ColdColumn> appended = appended(metadata);
        if (!differences.isEmpty()) {
            throw new ConfigurationException(name + ": the table in Athena isn't the one that the source describes: "
                    + String.join("; ", differences)
                    + (appended.isEmpty()
                            ? ""
                            : ". Build the source with createTableIfMissing(), which adds the columns, or run\n"
                                    + ddl.addColumns(appended)));
        }
        if (adopted != null) {
            storage = ForeignStorage.of(name, metadata);
        }
    }

    private List<ColdColumn> appended(TableMetadata metadata) {
        return writable ? SchemaCheck.appended(cold, ddl.partitionColumns(), isPositional(), metadata) : List.of();
    }

    /** Files like another job's are written in the order of its table, whatever the order of the library's. */
    private boolean isPositional() {
        return adopted == null && ddl.isPositional();
    }

    /** The table in Athena, null if there is none. */
    @Nullable
    TableMetadata metadata() {
        return metadata(cold);
    }

    private @Nullable TableMetadata metadata(ColdTable table) {
        String what = "looking at the table " + table.database() + "." + table.name() + " for " + name;
        return runner.calls().call(ScanControl.unlimited(), what, () -> {
            try {
                return aws.athena()
                        .getTableMetadata(request -> request.catalogName(catalog)
                                .databaseName(table.database())
                                .tableName(table.name())
                                .workGroup(workGroup))
                        .tableMetadata();
            } catch (MetadataException e) {
                if (AwsErrors.message(e).contains("EntityNotFound")
                        || AwsErrors.message(e).contains("not found")) {
                    return null;
                }
                throw e;
            }
        });
    }

    private SourceUnavailableException closedWhile(String what) {
        return new SourceUnavailableException(name + ": the source is closed; " + what + " needs an open one");
    }

    @Override
    public void close() {
        closed = true;
        SourceUnavailableException failure = null;
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new SourceUnavailableException(name + ": closing failed: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        executor.shutdownNow();
        if (failure != null) {
            throw failure;
        }
        try {
            // What was on its way has ended when this returns.
            if (!executor.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{}: a download goes on after closing", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of a scan that certainly finds nothing. */
    private static final class NoRows implements RowCursor {
        @Override
        public io.github.tieredquery.table.@Nullable Row next() {
            return null;
        }

        @Override
        public ScanStats stats() {
            return new ScanStats(null, 0);
        }

        @Override
        public void close() {}
    }
}
