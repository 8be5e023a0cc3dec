package io.github.tieredquery.testkit;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.ResultSource;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
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
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An archive in memory: files, and a catalog without which a query doesn't see them. It reads what a query would: the
 * partitions that the catalog shows, that the range and the filter select, of the versions that the scan allows.
 * Several clients ({@link #client}) can share it, each with its own {@link StepHook}. Thread-safe.
 *
 * <p>A row takes as many bytes as its text has characters; each thousand bytes cost a dollar.
 */
public final class MemoryColdStore implements ColdStore, ResultSource {

    private final String name;
    private final Table table;
    private final HivePartitionLayout layout;
    private final HivePartitionPlanner planner;
    private final MemoryBucket bucket;
    private final StepHook hook;
    private final Predicate<Row> refused;
    private final @Nullable MemoryColdStore old;
    private volatile @Nullable VisibleVersions exposed;
    private volatile @Nullable String place;

    private MemoryColdStore(
            String name,
            Table table,
            HivePartitionLayout layout,
            HivePartitionPlanner planner,
            MemoryBucket bucket,
            StepHook hook,
            Predicate<Row> refused,
            @Nullable MemoryColdStore old) {
        this.name = name;
        this.table = table;
        this.layout = layout;
        this.planner = planner;
        this.bucket = bucket;
        this.hook = hook;
        this.refused = refused;
        this.old = old;
    }

    /**
     * An empty archive.
     *
     * @param name what messages call it
     * @param table the table
     * @param layout how rows are spread over partitions
     */
    public MemoryColdStore(String name, Table table, HivePartitionLayout layout) {
        this(
                name,
                table,
                layout,
                HivePartitionPlanner.of(table, layout),
                new MemoryBucket(),
                StepHook.NONE,
                row -> false,
                null);
    }

    /**
     * Another client of the same archive.
     *
     * @param ownHook hears of the steps of this client only
     * @return the client
     */
    public MemoryColdStore client(StepHook ownHook) {
        MemoryColdStore client = new MemoryColdStore(name, table, layout, planner, bucket, ownHook, refused, old);
        client.place = place;
        return client;
    }

    /**
     * Another client of the same archive, which knows by what name its place goes.
     *
     * @param ownPlace the place
     * @return the client
     */
    public MemoryColdStore at(String ownPlace) {
        MemoryColdStore client = client(hook);
        client.place = ownPlace;
        return client;
    }

    @Override
    public Optional<String> place() {
        return Optional.ofNullable(place);
    }

    /**
     * Another client of the same archive, which knows of other columns.
     *
     * @param ownTable the table as that client is configured
     * @return the client
     */
    public MemoryColdStore client(Table ownTable) {
        return new MemoryColdStore(
                name, ownTable, layout, HivePartitionPlanner.of(ownTable, layout), bucket, hook, refused, old);
    }

    /**
     * A client of the same archive, whose format can't hold some rows.
     *
     * @param rows which ones
     * @return the client
     */
    public MemoryColdStore refusing(Predicate<Row> rows) {
        return new MemoryColdStore(name, table, layout, planner, bucket, hook, rows, old);
    }

    /**
     * A client of the same archive that takes over what another one holds.
     *
     * @param other an archive without versions
     * @return the client
     */
    public MemoryColdStore adopting(MemoryColdStore other) {
        return new MemoryColdStore(name, table, layout, planner, bucket, hook, refused, other);
    }

    /**
     * From now on a partition that is registered is seen only after so many further queries.
     *
     * @param queries how many, 0 for at once
     */
    public void catalogLags(int queries) {
        bucket.lag(queries);
    }

    /**
     * Drops a partition from the catalog; its files stay.
     *
     * @param path the partition's path with its version
     * @return whether it was registered
     */
    public boolean forget(String path) {
        return bucket.forget(path);
    }

    /** Removes the archive's mark, as if it had been begun before there were marks. */
    public void forgetMark() {
        bucket.forgetMark();
    }

    /**
     * Takes a file away, whoever has written it; its partition stays registered.
     *
     * @param location where it is
     */
    public void moveAway(String location) {
        bucket.delete(location);
    }

    /**
     * The paths of the registered partitions, with their versions.
     *
     * @return the paths in their order
     */
    public List<String> registered() {
        return bucket.registeredPaths();
    }

    /**
     * The places of all finished files, registered or not.
     *
     * @return the locations in their order
     */
    public List<String> files() {
        return bucket.allFiles().stream().map(MemoryBucket.Stored::location).toList();
    }

    /**
     * How many cursors of all clients are open.
     *
     * @return the number
     */
    public int openCursors() {
        return bucket.openCursors.get();
    }

    /**
     * How many files of all clients are being written.
     *
     * @return the number
     */
    public int openFiles() {
        return bucket.openFiles.get();
    }

    /**
     * How many scans, counts and observations all clients have asked for.
     *
     * @return the number
     */
    public long queries() {
        return bucket.queries.get();
    }

    /**
     * How many times the catalog was asked for partitions.
     *
     * @return the number
     */
    public long lookUps() {
        return bucket.lookUps.get();
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
    public HivePartitionLayout layout() {
        return layout;
    }

    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        hook.at("cold.open");
        control.check("asking " + name);
        List<MemoryBucket.Stored> files = selected(scan);
        List<Row> rows = matching(files, scan);
        ScanStats stats = stats(files);
        bucket.keep(stats.executionId(), statement(scan), rows);
        return cursor(rows, 0, stats, control);
    }

    private MemoryResultCursor cursor(List<Row> rows, int from, ScanStats stats, ScanControl control) {
        return new MemoryResultCursor(
                new MemoryCursor(
                        rows.subList(from, rows.size()), name, "cold.next", stats, control, hook, bucket.openCursors),
                from);
    }

    /** All that decides what a scan gives. */
    private static String statement(Scan scan) {
        return scan + " " + scan.rowType() + " " + scan.versions();
    }

    @Override
    public Optional<ResultCursor> resume(Scan scan, ResultPlace place, ScanControl control) {
        hook.at("cold.resume");
        control.check("reading on in " + name);
        List<Row> rows = bucket.kept(place.executionId(), statement(scan));
        return rows == null || place.offset() > rows.size()
                ? Optional.empty()
                : Optional.of(cursor(rows, (int) place.offset(), new ScanStats(place.executionId(), 0), control));
    }

    /** Drops all results, as a backend does after a while. */
    public void forgetResults() {
        bucket.forgetResults();
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        hook.at("cold.count");
        control.check("asking " + name);
        List<MemoryBucket.Stored> files = selected(scan);
        return new ScanCount(matching(files, scan).size(), stats(files));
    }

    private List<MemoryBucket.Stored> selected(Scan scan) {
        Predicate<HivePartition> partitions = planner.matcher(scan.range(), scan.condition());
        return bucket.query().stream()
                .filter(file -> partitions.test(file.partition()))
                .filter(file -> !layout.isVersioned()
                        || scan.versions()
                                .map(versions -> versions.shows(file.version()))
                                .orElse(true))
                .toList();
    }

    private List<Row> matching(List<MemoryBucket.Stored> files, Scan scan) {
        return MemoryRows.matching(
                table, files.stream().flatMap(file -> file.rows().stream()).toList(), scan);
    }

    private ScanStats stats(List<MemoryBucket.Stored> files) {
        long bytes = files.stream().mapToLong(MemoryBucket.Stored::bytes).sum();
        return new ScanStats("execution-" + bucket.queries.get(), bytes);
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return new ScanPlan(
                AccessPath.PARTITION_PRUNED,
                "columns " + scan.rowType().names() + " of " + name + ",\n  " + scan.order()
                        + (scan.limit().isPresent() ? " limit " + scan.limit().getAsLong() : ""),
                scan.condition());
    }

    @Override
    public BigDecimal costOf(long bytesScanned) {
        return BigDecimal.valueOf(bytesScanned, 3);
    }

    @Override
    public void prepare(ScanControl control) {
        hook.at("cold.prepare");
        control.check("preparing " + name);
    }

    @Override
    public Optional<StoredMark> mark(ScanControl control) {
        hook.at("cold.mark");
        control.check("looking for the mark of " + name);
        return Optional.ofNullable(bucket.mark());
    }

    @Override
    public boolean mark(ArchiveMark mark, @Nullable StoredMark before, ScanControl control) {
        hook.at("cold.leaveMark");
        control.check("leaving a mark in " + name);
        boolean left = bucket.mark(mark, before);
        hook.at("cold.markLeft");
        return left;
    }

    @Override
    public List<StoredVersion> stored(long above, ScanControl control) {
        hook.at("cold.stored");
        control.check("looking for versions of " + name);
        if (!layout.isVersioned()) {
            return List.of();
        }
        NavigableMap<Long, List<MemoryBucket.Stored>> found = new TreeMap<>();
        bucket.allFiles().stream()
                .filter(file -> file.version() > above)
                .forEach(file -> found.computeIfAbsent(file.version(), absent -> new ArrayList<>())
                        .add(file));
        List<StoredVersion> versions = new ArrayList<>();
        found.forEach((version, files) -> versions.add(new StoredVersion(
                version,
                files.stream().map(MemoryBucket.Stored::partition).distinct().toList(),
                files.get(0).location(),
                files.size(),
                files.stream().mapToLong(MemoryBucket.Stored::bytes).sum())));
        return versions;
    }

    @Override
    public List<String> lacking(Collection<PartitionManifest> expected, ScanControl control) {
        hook.at("cold.lacking");
        control.check("looking for files of " + name);
        return expected.stream()
                .filter(manifest -> elsewhere(manifest, "").isEmpty())
                .flatMap(manifest -> manifest.files().stream())
                .map(StoredFile::location)
                .filter(location -> !bucket.has(location))
                .toList();
    }

    @Override
    public ColdFile create(HivePartition partition, long version, int part) {
        hook.at("cold.create");
        return new File(partition, version, part);
    }

    @Override
    public StoredFile copy(StoredFile file, HivePartition partition, long version, int part, ScanControl control) {
        hook.at("cold.copy");
        control.check("copying " + file.location());
        String path = path(partition, version);
        String location = location(path, part);
        StoredFile copy = bucket.copy(file.location(), location, path, version);
        hook.at("cold.copied");
        return copy;
    }

    private static String location(String path, int part) {
        return "mem://" + path + "/part-" + part;
    }

    @Override
    public void publish(Collection<PartitionManifest> manifests, ScanControl control) {
        for (PartitionManifest manifest : manifests) {
            hook.at("cold.register");
            control.check("registering partitions of " + name);
            String path = path(manifest.partition(), manifest.version());
            List<MemoryBucket.Stored> elsewhere = elsewhere(manifest, path);
            if (elsewhere.isEmpty()) {
                bucket.register(path);
            } else {
                bucket.register(path, elsewhere);
            }
        }
        hook.at("cold.published");
    }

    /** The files of a manifest that are the adopted archive's. */
    private List<MemoryBucket.Stored> elsewhere(PartitionManifest manifest, String path) {
        MemoryColdStore other = old;
        if (other == null) {
            return List.of();
        }
        List<String> locations =
                manifest.files().stream().map(StoredFile::location).toList();
        return other.bucket.allFiles().stream()
                .filter(file -> locations.contains(file.location()))
                .map(file -> new MemoryBucket.Stored(
                        file.location(), path, file.partition(), manifest.version(), file.rows(), file.bytes()))
                .toList();
    }

    @Override
    public boolean requiresAdoption() {
        return old != null;
    }

    @Override
    public List<HivePartition> listForeignPartitions(ScanControl control) {
        hook.at("cold.listForeignPartitions");
        MemoryColdStore other = old;
        return other == null
                ? ColdStore.super.listForeignPartitions(control)
                : other.registered().stream()
                        .map(path -> HivePartition.parse(layout, path))
                        .toList();
    }

    @Override
    public List<ForeignPartition> listForeignFiles(Collection<HivePartition> partitions, ScanControl control) {
        hook.at("cold.listForeignFiles");
        MemoryColdStore other = Objects.requireNonNull(old);
        List<ForeignPartition> found = new ArrayList<>();
        for (HivePartition partition : partitions) {
            List<StoredFile> files = other.bucket.query().stream()
                    .filter(file -> file.partition().equals(partition))
                    .map(file -> new StoredFile(file.location(), file.rows().size(), file.bytes()))
                    .toList();
            if (!files.isEmpty()) {
                found.add(new ForeignPartition(partition, files));
            }
        }
        return found;
    }

    @Override
    public List<StoredFile> listVisibleFiles(TimeRange window, long version, ScanControl control) {
        hook.at("cold.listVisibleFiles");
        control.check("observing " + name);
        if (layout.isVersioned()) {
            return bucket.query().stream()
                    .filter(file -> file.version() == version)
                    .map(file -> new StoredFile(file.location(), file.rows().size(), -1))
                    .toList();
        }
        Predicate<HivePartition> partitions = planner.matcher(window, Filter.all());
        return bucket.query().stream()
                .filter(file -> partitions.test(file.partition()))
                .map(file -> new StoredFile(file.location(), rowsIn(window, file), -1))
                .filter(file -> file.rows() > 0)
                .toList();
    }

    private long rowsIn(TimeRange window, MemoryBucket.Stored file) {
        String time = table.timeColumn().name();
        return file.rows().stream()
                .filter(row -> window.contains(Objects.requireNonNull(row.timestamp(time))))
                .count();
    }

    @Override
    public CleanUpResult removeLeftovers(
            TimeRange window, Collection<StoredFile> kept, Collection<TimeRange> attempted, ScanControl control) {
        hook.at("cold.removeLeftovers");
        control.check("clearing " + window + " in " + name);
        Predicate<HivePartition> ours = planner.matcher(window, Filter.all());
        List<Predicate<HivePartition>> theirs = attempted.stream()
                .map(each -> planner.matcher(each, Filter.all()))
                .toList();
        Set<String> staying = kept.stream().map(StoredFile::location).collect(Collectors.toSet());
        List<MemoryBucket.Stored> found = bucket.allFiles().stream()
                .filter(file -> ours.test(file.partition()) && !staying.contains(file.location()))
                .toList();
        for (MemoryBucket.Stored file : found) {
            if (theirs.stream().noneMatch(each -> each.test(file.partition()))) {
                throw new ConfigurationException(name + ": " + file.location() + " is somebody else's");
            }
        }
        for (MemoryBucket.Stored file : found) {
            hook.at("cold.removeLeftover");
            bucket.delete(file.location());
        }
        hook.at("cold.leftoversRemoved");
        return new CleanUpResult(
                0,
                0,
                found.size(),
                found.stream().mapToLong(MemoryBucket.Stored::bytes).sum());
    }

    @Override
    public List<PartitionManifest> unregistered(Collection<PartitionManifest> expected, ScanControl control) {
        hook.at("cold.unregistered");
        control.check("looking up partitions of " + name);
        bucket.lookUps.incrementAndGet();
        return expected.stream()
                .filter(manifest -> !bucket.isSeen(path(manifest.partition(), manifest.version())))
                .toList();
    }

    @Override
    public void publishView(VisibleVersions versions, ScanControl control) {
        hook.at("cold.publishView");
        control.check("exposing what counts in " + name);
        bucket.expose(versions);
        exposed = versions;
    }

    /**
     * The rows that somebody sees who goes by what was exposed last.
     *
     * @return all rows of the registered partitions of those versions, in order of time and key; none if nothing was
     *     exposed
     */
    public List<Row> exposedRows() {
        VisibleVersions versions = bucket.exposed();
        return versions == null
                ? List.of()
                : matching(
                        bucket.query().stream()
                                .filter(file -> versions.shows(file.version()))
                                .toList(),
                        Scan.of(
                                table,
                                new TimeRange(
                                        Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T00:00:00Z"))));
    }

    /**
     * {@inheritDoc}
     *
     * @throws AssertionError if what this client has exposed last still shows rows of one of them. Another client that
     *     was held up in between may put back what it knew, until the next run
     */
    @Override
    public CleanUpResult remove(Collection<DeadVersion> dead, ScanControl control) {
        if (!layout.isVersioned()) {
            return CleanUpResult.NOTHING;
        }
        Set<Long> versions = dead.stream().map(DeadVersion::version).collect(Collectors.toSet());
        checkNotExposed(versions);
        long partitions = 0;
        for (String path : bucket.registeredPaths()) {
            if (versions.contains(HivePartition.parseVersion(planner.layout(), path))) {
                hook.at("cold.drop");
                partitions += bucket.forget(path) ? 1 : 0;
            }
        }
        long files = 0;
        long bytes = 0;
        for (MemoryBucket.Stored file : bucket.allFiles()) {
            if (versions.contains(file.version())) {
                hook.at("cold.remove");
                bucket.delete(file.location());
                files++;
                bytes += file.bytes();
            }
        }
        hook.at("cold.removed");
        return new CleanUpResult(dead.size(), partitions, files, bytes);
    }

    /** A version that somebody else has removed and forgotten meanwhile is shown again, and has no rows. */
    private void checkNotExposed(Set<Long> dead) {
        VisibleVersions own = exposed;
        if (own == null) {
            return;
        }
        for (String path : bucket.registeredPaths()) {
            long version = HivePartition.parseVersion(planner.layout(), path);
            if (dead.contains(version) && own.shows(version)) {
                throw new AssertionError(path + " is to be removed and still shown by " + own);
            }
        }
    }

    @Override
    public void close() {}

    private String path(HivePartition partition, long version) {
        return layout.isVersioned() ? partition.path(version) : partition.path();
    }

    private final class File implements ColdFile {

        private final HivePartition partition;
        private final long version;
        private final int part;
        private final List<Row> rows = new ArrayList<>();
        private long bytes;
        private boolean open = true;

        File(HivePartition partition, long version, int part) {
            this.partition = partition;
            this.version = version;
            this.part = part;
            bucket.openFiles.incrementAndGet();
        }

        @Override
        public void write(Row row) {
            hook.at("cold.write");
            if (refused.test(row)) {
                throw new ArchiveRefusedException(name + " can't hold the row " + row);
            }
            if (!planner.layout().partitionOf(row).equals(partition)) {
                throw new IllegalArgumentException(row + " isn't of the partition " + partition);
            }
            rows.add(row);
            bytes += row.toString().length();
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public StoredFile finish() {
            hook.at("cold.finish");
            String path = path(partition, version);
            String location = location(path, part);
            if (!layout.isVersioned() && bucket.has(location)) {
                throw new SourceUnavailableException(name + " has a file " + location + " already");
            }
            bucket.write(new MemoryBucket.Stored(location, path, partition, version, List.copyOf(rows), bytes));
            hook.at("cold.finished");
            return new StoredFile(location, rows.size(), bytes);
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                bucket.openFiles.decrementAndGet();
            }
        }
    }
}
