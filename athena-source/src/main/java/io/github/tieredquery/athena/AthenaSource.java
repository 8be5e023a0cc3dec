package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.adopt.AdoptedArchive;
import io.github.tieredquery.athena.internal.archive.ArchiveView;
import io.github.tieredquery.athena.internal.archive.ArchiveWriter;
import io.github.tieredquery.athena.internal.archive.CatalogTable;
import io.github.tieredquery.athena.internal.archive.DeadFiles;
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
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.GroupQuery;
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
 * AthenaSource cold = AthenaSource.archive(aws, table)
 *         .table("lake", "flights")
 *         .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"))
 *         .location("s3://archive/flights/")
 *         .results(AthenaResults.at("s3://results/").workGroup("api"))
 *         .build();
 * }</pre>
 *
 * <p>Results are read from S3, in bounded memory: up to {@link AthenaResults#readAhead} for each open cursor.
 * Thread-safe. Whoever builds it closes it; it doesn't close the {@link AwsAccess}.
 */
public final class AthenaSource implements ColdStore, ResultSource, ExportSource {

    private static final Codec TEXT = TextCodec.plain(ColumnType.STRING);
    private static final Codec NUMBER = new NativeCodec(ColumnType.INT64);

    private final String name;
    private final AwsAccess aws;
    private final AthenaTable cold;
    private final @Nullable ArchiveWriter archive;
    private final StatementRunner runner;
    private final AthenaSession session;
    private final CatalogTable archiveTable;
    private final RegisteredPartitions registered;
    private final AthenaExports exports;
    private final ScanPrice price;
    private final @Nullable AdoptedArchive foreign;
    private final @Nullable ArchiveView view;

    /**
     * A source.
     *
     * @param options what it is built with
     * @param partitionTypes the types of partition columns that aren't text, by name
     */
    AthenaSource(AthenaSourceBuilder<?> options, Map<String, String> partitionTypes, Pauses pauses) {
        this.cold = options.coldTable(partitionTypes);
        this.name = options.subject();
        this.aws = options.aws;
        this.archive = options.archive(cold);
        this.price = options.price;
        this.runner = new StatementRunner(aws, name, options.runnerOptions(), pauses);
        this.exports = new AthenaExports(aws, name, cold, runner);
        this.session = new AthenaSession(aws, name, cold, runner, options.readOptions());
        Catalog catalog = options.catalog(runner.calls());
        this.foreign = archive == null ? null : options.foreignArchive(archive, cold, session, catalog);
        this.archiveTable = new CatalogTable(
                name, cold, archive == null ? null : archive.ddl(), catalog, session, options.storage(), foreign);
        this.registered = new RegisteredPartitions(cold, session);
        this.view = options.view(cold, session, catalog);
    }

    /**
     * Starts a source over an archive that the library's archiver fills. It needs a place for its files
     * ({@link OwnArchiveBuilder#location}).
     *
     * @param aws the clients; stays the caller's to close, after the source
     * @param table the logical table
     * @return a builder
     */
    public static OwnArchiveBuilder archive(AwsAccess aws, Table table) {
        return new OwnArchiveBuilder(aws, table);
    }

    /**
     * Starts a source over a table that somebody else fills. It is only read, its columns are of Athena's own types
     * unless {@link ExistingTableBuilder#column(String, String, ColumnEncoding)} says otherwise, and it has no
     * versions, whatever the layout says. Its partition columns may be text or, where the catalog says so, integers and
     * dates.
     *
     * <p>{@link ExistingTableBuilder#build} looks whether a partition is registered that the layout doesn't write, such
     * as {@code month=1} where it writes {@code month=01}, and refuses it by name: rows in it would be found by some
     * queries and missed by others. That is one query of the table's partitions list, which reads the catalog and no
     * file; where partitions are projected, the table's properties are looked at. {@link HivePartitionLayout#unpadded}
     * and {@link HivePartitionLayout#dateColumn(String)} describe other forms, {@link HivePartitionLayout#rowsLateBy}
     * rows in later partitions than their times'.
     *
     * @param aws the clients; stays the caller's to close, after the source
     * @param table the logical table
     * @return a builder
     */
    public static ExistingTableBuilder existing(AwsAccess aws, Table table) {
        return new ExistingTableBuilder(aws, table);
    }

    /**
     * Starts a source over an archive of the library's that takes over what another job has filled in another table,
     * with {@link io.github.tieredquery.archive.Adoption}. It has that table's SerDe and columns, and from then on the
     * archiver writes files like those that are there: columns are of Athena's own types unless
     * {@link AdoptedArchiveBuilder#column(String, String, ColumnEncoding)} says otherwise, and a value that the files
     * can't hold is refused. The place of its files ({@link AdoptedArchiveBuilder#location}) is a new one, apart from
     * the other table's.
     *
     * <p>Build it so from then on, wherever it is built. The other table is looked at only when this one is made and
     * when the archive is taken over; it stays as it is, and can be dropped afterwards if its files stay.
     *
     * @param aws the clients; stays the caller's to close, after the source
     * @param table the logical table
     * @param databaseName the other table's database, in lower case
     * @param tableName the other table, in lower case
     * @return a builder
     * @throws IllegalArgumentException if one of them isn't a name in Athena
     */
    public static AdoptedArchiveBuilder adopting(AwsAccess aws, Table table, String databaseName, String tableName) {
        return new AdoptedArchiveBuilder(aws, table, databaseName, tableName);
    }

    @Override
    public String name() {
        return name;
    }

    /** The folder of its files; unknown if somebody else fills the table. */
    @Override
    public Optional<String> place() {
        return Optional.ofNullable(archive)
                .map(present -> present.ddl().location().toString());
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
        return session.open(scan, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>It takes one call of GetQueryExecution, which tells whether the execution ran the very statement that this
     * scan would run, and one ranged read of its result file.
     */
    @Override
    public Optional<ResultCursor> resume(Scan scan, ResultPlace place, ScanControl control) {
        return cold.isEmpty(scan) ? Optional.empty() : session.resume(scan, place, control);
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        if (cold.isEmpty(scan)) {
            return new ScanCount(0, new ScanStats(null, 0));
        }
        Execution execution = session.run(cold.count(scan), control);
        List<List<@Nullable Object>> rows = session.read(execution, List.of("rows"), List.of(NUMBER), control);
        if (rows.size() != 1 || !(rows.get(0).get(0) instanceof Long count)) {
            throw new SourceUnavailableException(
                    session.reading(execution) + ": it was to count and has " + rows.size() + " rows");
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
        GroupQuery groups = GroupQuery.of(cold, grouped);
        if (groups == null) {
            return ColdStore.super.aggregate(grouped, control);
        }
        if (cold.isEmpty(grouped.scan())) {
            return new ScanGroups(List.of(), new ScanStats(null, 0));
        }
        Execution execution = session.run(groups.select(), control);
        List<Row> rows = new ArrayList<>();
        for (List<@Nullable Object> values : session.read(execution, groups.names(), groups.codecs(), control)) {
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
     * @throws ConfigurationException if somebody else fills the table, or if it takes over another table, which isn't
     *     there or can't be taken over
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
        writable();
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
        return writable().mark().find(control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>One conditional PUT.
     */
    @Override
    public boolean mark(ArchiveMark newMark, @Nullable StoredMark before, ScanControl control) {
        return writable().mark().leave(newMark, before, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>An S3 listing of the table's location, a thousand files a request.
     */
    @Override
    public List<StoredVersion> stored(long above, ScanControl control) {
        S3Location location = writable().ddl().location();
        if (!layout().isVersioned()) {
            return List.of();
        }
        StoredVersions versions = new StoredVersions(cold.planner().layout(), location, above);
        new DeadFiles(aws, runner.calls(), location, key -> false, control).lookBelow("", versions::add);
        return versions.found();
    }

    /**
     * {@inheritDoc}
     *
     * <p>An S3 listing of what the table has of the stretch of time.
     */
    @Override
    public List<String> lacking(Collection<PartitionManifest> expected, ScanControl control) {
        S3Location location = writable().ddl().location();
        Map<String, String> sought = new HashMap<>();
        for (PartitionManifest manifest : expected) {
            for (StoredFile file : manifest.files()) {
                S3Location place = S3Location.parse(file.location());
                if (place.isWithin(location)) {
                    sought.put(place.key(), file.location());
                }
            }
        }
        if (!sought.isEmpty()) {
            new DeadFiles(aws, runner.calls(), location, key -> false, control)
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
        return writable().create(partition, version, part, archiveTable.storage(), control);
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
                    name + " takes over no archive; build it with AthenaSource.adopting(…), which says which");
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
        return writable().copy(file, partition, version, part, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>S3 listings of the window's directory. Refuses injected columns, without whose values nothing can be counted.
     */
    @Override
    public CleanUpResult removeLeftovers(
            TimeRange window, Collection<StoredFile> kept, Collection<TimeRange> attempted, ScanControl control) {
        ArchiveWriter own = writable();
        if (layout().isVersioned()) {
            throw new ConfigurationException(name + ": windows are cleared in layouts without versions only");
        }
        own.refuseInjected();
        S3Location location = own.ddl().location();
        WindowFiles found = new WindowFiles(name, cold.planner(), location, window, kept, attempted);
        DeadFiles files = new DeadFiles(aws, runner.calls(), location, found::isLeftover, control);
        files.lookBelow(found.directory(), found::refuseOthers);
        if (!attempted.isEmpty()) {
            files.removeBelow(found.directory());
        }
        return new CleanUpResult(0, 0, files.files(), files.bytes());
    }

    @Override
    public void publish(Collection<PartitionManifest> manifests, ScanControl control) {
        writable().registrations(manifests).forEach(statement -> session.run(statement, control));
    }

    @Override
    public List<StoredFile> listVisibleFiles(TimeRange window, long version, ScanControl control) {
        List<StoredFile> files = new ArrayList<>();
        String sql = cold.files(window, version);
        for (List<@Nullable Object> row : session.read(sql, List.of("path", "rows"), List.of(TEXT, NUMBER), control)) {
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
        return expected.isEmpty() || (archive != null && !archive.isRegistered())
                ? List.of()
                : registered.missing(expected, control);
    }

    /**
     * {@inheritDoc}
     *
     * <p>With {@link AthenaArchiveBuilder#view} one statement and one call of GetTableMetadata, unless this source has
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
        ArchiveWriter own = writable();
        if (dead.isEmpty() || !layout().isVersioned()) {
            return CleanUpResult.NOTHING;
        }
        Set<Long> versions = dead.stream().map(DeadVersion::version).collect(Collectors.toSet());
        long partitions = own.isRegistered() ? registered.drop(own.ddl(), dead, versions, control) : 0;
        S3Location location = own.ddl().location();
        DeadFiles files =
                new DeadFiles(aws, runner.calls(), location, DeadFiles.ofVersions(location, versions), control);
        HivePartitionPlanner planner = HivePartitionPlanner.of(table(), layout());
        dead.stream().map(each -> planner.directory(each.window())).distinct().forEach(files::removeBelow);
        return new CleanUpResult(dead.size(), partitions, files.files(), files.bytes());
    }

    /** What writes the table; refused if somebody else does. */
    private ArchiveWriter writable() {
        if (archive == null) {
            throw new ConfigurationException(
                    name + ": somebody else fills this table, as AthenaSource.existing(…) says,"
                            + " so it is only read. Archive into a table of AthenaSource.archive(…), or take this one over with"
                            + " AthenaSource.adopting(…)");
        }
        return archive;
    }

    /**
     * Refuses a table of somebody else's that has partitions which the layout doesn't write.
     *
     * @param metadata the table as the catalog has it
     */
    void lookAtPartitions(TableMetadata metadata, ScanControl control) {
        List<String> names = cold.partitionColumns();
        PartitionLook look = PartitionLook.forReading(name, table(), layout(), cold.numbers());
        if (ProjectedPartitions.isProjected(metadata)) {
            new ProjectedPartitions(name, metadata, cold, look).check();
            return;
        }
        for (List<@Nullable Object> values : session.read(
                cold.others(names, look),
                names,
                Collections.nCopies(names.size(), AdoptedArchive.PARTITION),
                control)) {
            look.partition(values.stream()
                    .map(value -> value == null ? null : value.toString())
                    .toList());
        }
    }

    /** The table as the catalog has it. */
    CatalogTable archiveTable() {
        return archiveTable;
    }

    @Override
    public void close() {
        session.close();
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
