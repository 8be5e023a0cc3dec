package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.adopt.ForeignArchive;
import io.github.tieredquery.athena.internal.archive.Archive;
import io.github.tieredquery.athena.internal.archive.ArchiveTable;
import io.github.tieredquery.athena.internal.archive.ArchiveView;
import io.github.tieredquery.athena.internal.archive.DeadFiles;
import io.github.tieredquery.athena.internal.archive.PlaceMark;
import io.github.tieredquery.athena.internal.archive.RegisteredPartitions;
import io.github.tieredquery.athena.internal.archive.StoredVersions;
import io.github.tieredquery.athena.internal.archive.WindowFiles;
import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.catalog.ProjectedPartitions;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.execution.Execution;
import io.github.tieredquery.athena.internal.execution.Pauses;
import io.github.tieredquery.athena.internal.execution.ScanPrice;
import io.github.tieredquery.athena.internal.execution.StatementRunner;
import io.github.tieredquery.athena.internal.export.AthenaExports;
import io.github.tieredquery.athena.internal.result.Statements;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.ColdGroups;
import io.github.tieredquery.athena.internal.sql.ColdTable;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.PartitionLook;
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
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.ForeignPartition;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.store.StoredVersion;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

    private static final Codec TEXT = TextCodec.plain(ColumnType.STRING);
    private static final Codec NUMBER = new NativeCodec(ColumnType.INT64);

    private final String name;
    private final AwsAccess aws;
    private final ColdTable cold;
    private final TableDdl ddl;
    private final Archive archive;
    private final StatementRunner runner;
    private final Statements statements;
    private final ArchiveTable archiveTable;
    private final RegisteredPartitions registered;
    private final AthenaExports exports;
    private final ScanPrice price;
    private final boolean writable;
    private final @Nullable ForeignArchive foreign;
    private final @Nullable ArchiveView view;
    private final PlaceMark mark;
    private final @Nullable String place;

    AthenaSource(SourceAssembly parts, Pauses pauses) {
        this.cold = parts.coldTable();
        this.name = "athena:" + cold.database() + "." + cold.name();
        this.aws = parts.aws();
        this.ddl = parts.ddl(cold);
        this.archive = new Archive(aws, cold, ddl, parts.archiveOptions());
        this.writable = parts.isWritable();
        this.place = parts.place();
        this.mark = new PlaceMark(aws, archive, ddl.location());
        this.price = parts.price();
        this.runner = new StatementRunner(aws, name, parts.runnerOptions(), pauses);
        this.exports = new AthenaExports(aws, name, cold, runner);
        this.statements = new Statements(aws, name, cold, runner, parts.readOptions());
        Catalog catalog = parts.catalog(name, runner.calls());
        this.foreign = parts.foreignArchive(cold, ddl, statements, catalog);
        this.archiveTable = new ArchiveTable(name, cold, ddl, catalog, statements, writable, foreign);
        this.registered = new RegisteredPartitions(cold, ddl, statements);
        this.view = parts.view(name, cold, ddl, statements, catalog);
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

    /** The folder of its files; unknown if the source wasn't told it ({@link AthenaSourceBuilder#location}). */
    @Override
    public Optional<String> place() {
        return Optional.ofNullable(place);
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
        return statements.open(scan, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>It takes one call of GetQueryExecution, which tells whether the execution ran the very statement that this
     * scan would run, and one ranged read of its result file.
     */
    @Override
    public Optional<ResultCursor> resume(Scan scan, ResultPlace place, ScanControl control) {
        return cold.isEmpty(scan) ? Optional.empty() : statements.resume(scan, place, control);
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        if (cold.isEmpty(scan)) {
            return new ScanCount(0, new ScanStats(null, 0));
        }
        Execution execution = statements.run(cold.count(scan), control);
        List<List<@Nullable Object>> rows = statements.read(execution, List.of("rows"), List.of(NUMBER), control);
        if (rows.size() != 1 || !(rows.get(0).get(0) instanceof Long count)) {
            throw new SourceUnavailableException(
                    statements.reading(execution) + ": it was to count and has " + rows.size() + " rows");
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
        Execution execution = statements.run(groups.select(), control);
        List<Row> rows = new ArrayList<>();
        for (List<@Nullable Object> values : statements.read(execution, groups.names(), groups.codecs(), control)) {
            rows.add(grouped.rowType().row(values.toArray()));
        }
        return new ScanGroups(rows, new ScanStats(execution.id(), execution.bytesScanned()));
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
        return archiveTable.createStatement();
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
        control.awaitInterrupting("preparing " + name, () -> prepared(control), done -> {});
    }

    private boolean prepared(ScanControl control) {
        archiveTable.prepare(control);
        if (view != null) {
            view.check();
        }
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>One GET of the object {@code _tieredquery_mark} at the table's location.
     */
    @Override
    public Optional<StoredMark> mark(ScanControl control) {
        refuseIfReadOnly();
        return mark.find(control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>One conditional PUT.
     */
    @Override
    public boolean mark(ArchiveMark newMark, @Nullable StoredMark before, ScanControl control) {
        refuseIfReadOnly();
        return mark.leave(newMark, before, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>An S3 listing of the table's location, a thousand files a request.
     */
    @Override
    public List<StoredVersion> stored(long above, ScanControl control) {
        refuseIfReadOnly();
        if (!layout().isVersioned()) {
            return List.of();
        }
        StoredVersions versions = new StoredVersions(cold.planner().layout(), ddl.location(), above);
        new DeadFiles(aws, runner.calls(), ddl.location(), key -> false, control).lookBelow("", versions::add);
        return versions.found();
    }

    /**
     * {@inheritDoc}
     *
     * <p>An S3 listing of what the table has of the stretch of time.
     */
    @Override
    public List<String> lacking(Collection<PartitionManifest> expected, ScanControl control) {
        refuseIfReadOnly();
        Map<String, String> sought = new HashMap<>();
        for (PartitionManifest manifest : expected) {
            for (StoredFile file : manifest.files()) {
                S3Location place = S3Location.parse(file.location());
                if (place.isWithin(ddl.location())) {
                    sought.put(place.key(), file.location());
                }
            }
        }
        if (!sought.isEmpty()) {
            new DeadFiles(aws, runner.calls(), ddl.location(), key -> false, control)
                    .lookBelow(
                            cold.planner().directory(RegisteredPartitions.range(expected)),
                            object -> sought.remove(object.key()));
        }
        return List.copyOf(sought.values());
    }

    @Override
    public ColdFile create(HivePartition partition, long version, int part) {
        return create(partition, version, part, ScanControl.unlimited());
    }

    @Override
    public ColdFile create(HivePartition partition, long version, int part, ScanControl control) {
        refuseIfReadOnly();
        return archive.create(partition, version, part, archiveTable.storage(), control);
    }

    @Override
    public boolean requiresAdoption() {
        return foreign != null;
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query of the other table's partitions list, which reads the catalog and no file.
     */
    @Override
    public List<HivePartition> listForeignPartitions(ScanControl control) {
        if (foreign == null) {
            throw new ConfigurationException(
                    name + " takes over no archive; say which with adopting(…) when it is built");
        }
        return foreign.partitions(control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query of the other table, which reads the partitions once, and an S3 listing for each partition.
     */
    @Override
    public List<ForeignPartition> listForeignFiles(Collection<HivePartition> partitions, ScanControl control) {
        return foreign == null || partitions.isEmpty() ? List.of() : foreign.files(partitions, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>S3 copies: by one CopyObject, and in parts of up to 5 GiB what is bigger. Tags aren't taken over then.
     */
    @Override
    public StoredFile copy(StoredFile file, HivePartition partition, long version, int part, ScanControl control) {
        refuseIfReadOnly();
        return archive.copy(file, partition, version, part, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>S3 listings of the window's directory. Refuses injected columns, without whose values nothing can be counted.
     */
    @Override
    public CleanUpResult removeLeftovers(
            TimeRange window, Collection<StoredFile> kept, Collection<TimeRange> attempted, ScanControl control) {
        refuseIfReadOnly();
        if (layout().isVersioned()) {
            throw new ConfigurationException(name + ": windows are cleared in layouts without versions only");
        }
        archive.refuseInjected();
        WindowFiles found = new WindowFiles(name, cold.planner(), ddl.location(), window, kept, attempted);
        DeadFiles files = new DeadFiles(aws, runner.calls(), ddl.location(), found::isLeftover, control);
        files.lookBelow(found.directory(), found::refuseOthers);
        if (!attempted.isEmpty()) {
            files.removeBelow(found.directory());
        }
        return new CleanUpResult(0, 0, files.files(), files.bytes());
    }

    @Override
    public void publish(Collection<PartitionManifest> manifests, ScanControl control) {
        refuseIfReadOnly();
        archive.registrations(manifests).forEach(statement -> statements.run(statement, control));
    }

    @Override
    public List<StoredFile> listVisibleFiles(TimeRange window, long version, ScanControl control) {
        List<StoredFile> files = new ArrayList<>();
        String sql = cold.files(window, version);
        for (List<@Nullable Object> row :
                statements.read(sql, List.of("path", "rows"), List.of(TEXT, NUMBER), control)) {
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
        return expected.isEmpty() || !archive.isRegistered() ? List.of() : registered.missing(expected, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>With {@link AthenaSourceBuilder#view} one statement and one call of GetTableMetadata, unless this source has
     * made the same view within the last hour. Without, nothing.
     *
     * @throws ConfigurationException if there is a table of that name or a view that the library hasn't made, or if
     *     more versions are to be left out than a statement can name, about 18,000
     */
    @Override
    public void publishView(VisibleVersions versions, ScanControl control) {
        ArchiveView present = view;
        if (present != null) {
            control.awaitInterrupting(
                    "replacing the view of " + name,
                    () -> {
                        present.replace(versions, control);
                        return true;
                    },
                    done -> {});
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>One query of the table's partitions list, DDL for what it finds, and S3 listings of the windows' directories.
     */
    @Override
    public CleanUpResult remove(Collection<DeadVersion> dead, ScanControl control) {
        refuseIfReadOnly();
        if (dead.isEmpty() || !layout().isVersioned()) {
            return CleanUpResult.NOTHING;
        }
        Set<Long> versions = dead.stream().map(DeadVersion::version).collect(Collectors.toSet());
        long partitions = archive.isRegistered() ? registered.drop(dead, versions, control) : 0;
        DeadFiles files = new DeadFiles(
                aws, runner.calls(), ddl.location(), DeadFiles.ofVersions(ddl.location(), versions), control);
        HivePartitionPlanner planner = HivePartitionPlanner.of(table(), layout());
        dead.stream().map(each -> planner.directory(each.window())).distinct().forEach(files::removeBelow);
        return new CleanUpResult(dead.size(), partitions, files.files(), files.bytes());
    }

    private void refuseIfReadOnly() {
        if (!writable) {
            throw new ConfigurationException(name + ": the table is said to be existing(): somebody else fills it");
        }
    }

    /**
     * Refuses a table of somebody else's that has partitions which the layout doesn't write.
     *
     * @param metadata the table as the catalog has it
     */
    void lookAtPartitions(TableMetadata metadata, ScanControl control) {
        List<String> names = ddl.partitionColumns();
        PartitionLook look = PartitionLook.forReading(name, table(), layout(), cold.numbers());
        if (ProjectedPartitions.isProjected(metadata)) {
            new ProjectedPartitions(name, metadata, cold, look).check();
            return;
        }
        for (List<@Nullable Object> values : statements.read(
                cold.others(names, look),
                names,
                Collections.nCopies(names.size(), ForeignArchive.PARTITION),
                control)) {
            look.partition(values.stream()
                    .map(value -> value == null ? null : value.toString())
                    .toList());
        }
    }

    /** The table as the catalog has it. */
    ArchiveTable archiveTable() {
        return archiveTable;
    }

    @Override
    public void close() {
        statements.close();
    }

    /** Of a scan that certainly finds nothing. */
    private static final class NoRows implements RowCursor {
        @Override
        public @Nullable Row next() {
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
