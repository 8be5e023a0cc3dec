package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.HivePaths;
import io.github.tieredquery.athenalocal.internal.catalog.Partition;
import io.github.tieredquery.athenalocal.internal.catalog.Projection;
import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import io.github.tieredquery.athenalocal.internal.catalog.Table;
import io.github.tieredquery.athenalocal.internal.s3.S3Server;
import io.github.tieredquery.athenalocal.internal.trino.Literals;
import io.github.tieredquery.athenalocal.internal.trino.TableScan;
import io.github.tieredquery.athenalocal.internal.type.S3Address;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.github.tieredquery.athenalocal.internal.type.SqlType.Kind;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a query's connection a view for each table that the query scans, over the files of those registered partitions
 * that can matter to it. Thread-safe.
 */
public final class TableReader {
    private static final Logger LOG = LoggerFactory.getLogger(TableReader.class);

    private final S3Server s3;
    private final Path directory;
    private final Map<List<Object>, RowCache> caches = new ConcurrentHashMap<>();
    private final Map<Integer, Long> partitionVersions = new ConcurrentHashMap<>();
    private final AtomicInteger names = new AtomicInteger();

    public TableReader(S3Server s3, Path directory) {
        this.s3 = s3;
        this.directory = directory;
    }

    /** Makes the scan's view; returns the bytes of the files behind it. */
    public long prepare(Connection connection, TableScan scan) throws SQLException, IOException {
        List<Partition> partitions = matching(connection, scan);
        List<Column> keys = scan.table().partitionKeys();
        if (scan.isListing()) {
            String list = scan.view() + "_list";
            fill(connection, "TEMP TABLE", list, keys, partitions);
            execute(
                    connection,
                    "CREATE TEMP VIEW " + scan.view() + " AS SELECT *" + keyItems("l", keys) + " FROM " + list + " l");
            return 0;
        }
        List<DataFile> files = new ArrayList<>();
        List<Partition> owners = new ArrayList<>();
        for (Partition partition : partitions) {
            collect(partition.location(), files);
            while (owners.size() < files.size()) {
                owners.add(partition);
            }
        }
        RowCache cache = cache(scan);
        int[] numbers = cache.load(connection, files);
        String index = scan.view() + "_files";
        execute(
                connection,
                "CREATE TEMP TABLE " + index + " (f INTEGER, path VARCHAR, size BIGINT, modified BIGINT, "
                        + partitionColumns(keys) + ")");
        long bytes = 0;
        try (DuckDBAppender appender = appender(connection, index)) {
            for (int i = 0; i < numbers.length; i++) {
                DataFile file = files.get(i);
                appender.beginRow();
                appender.append(numbers[i]);
                appender.append(file.address());
                appender.append(file.size());
                appender.append(file.modifiedMicros());
                append(appender, keys, owners.get(i), Partition::inRows);
                appender.endRow();
                bytes += file.size();
            }
        }
        int narrowest = partitions.stream().mapToInt(Partition::columns).min().orElse(0);
        String values = IntStream.range(0, scan.columns().size())
                .mapToObj(i ->
                        (i < narrowest ? value(scan, i) : "CASE WHEN x.w > " + i + " THEN " + value(scan, i) + " END")
                                + " AS v" + i + ", ")
                .collect(Collectors.joining());
        execute(
                connection,
                "CREATE TEMP VIEW " + scan.view() + " AS SELECT " + values
                        + "x.path, x.size, make_timestamptz(x.modified) AS modified, x.part" + keyItems("x", keys)
                        + " FROM " + cache.name() + " d JOIN " + index + " x ON d.f = x.f");
        return bytes;
    }

    private RowCache cache(TableScan scan) {
        Storage storage = scan.table().storage();
        Object shape = storage.isText() ? scan.columns().size() : scan.columns();
        return caches.computeIfAbsent(
                List.of(storage, shape),
                key -> new RowCache("rows_" + names.incrementAndGet(), storage, scan.columns(), directory));
    }

    private static String value(TableScan scan, int i) {
        SqlType type = scan.columns().get(i).type();
        String raw = "d.c" + i;
        Storage storage = scan.table().storage();
        if (!storage.isText() || type.isText()) {
            return raw;
        }
        return storage.format() == Storage.Format.OPEN_CSV ? openCsvValue(raw, type) : delimitedValue(raw, type);
    }

    /** Values that aren't of the column's type fail the query. */
    private static String openCsvValue(String raw, SqlType type) {
        String name = Literals.quote(type.trinoName());
        if (type.is(Kind.BOOLEAN)) {
            return "(lower(" + raw + ") = 'true')";
        }
        boolean timestamp = type.is(Kind.TIMESTAMP);
        boolean date = type.is(Kind.DATE);
        String target = timestamp ? "BIGINT" : date ? "INTEGER" : type.duckName();
        String number = "CASE WHEN " + raw + " IS NULL THEN NULL WHEN TRY_CAST(" + raw + " AS " + target
                + ") IS NULL THEN al_bad_data(" + raw + ", " + name + ") ELSE CAST(" + raw + " AS " + target + ") END";
        if (timestamp) {
            return "epoch_ms(" + number + ")";
        }
        return date ? "(DATE '1970-01-01' + " + number + ")" : number;
    }

    /** Values that aren't of the column's type are NULL. */
    private static String delimitedValue(String raw, SqlType type) {
        if (type.is(Kind.BOOLEAN)) {
            return "CASE lower(" + raw + ") WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END";
        }
        if (type.is(Kind.VARBINARY)) {
            return "from_base64(" + raw + ")";
        }
        String cast = "TRY_CAST(" + raw + " AS " + type.duckName() + ")";
        return type.is(Kind.TIMESTAMP) ? "al_round_millis(" + cast + ")" : cast;
    }

    private List<Partition> matching(Connection connection, TableScan scan) throws SQLException {
        Table table = scan.table();
        if (table.partitionKeys().isEmpty()) {
            return table.partitions().list();
        }
        if (table.isProjected()) {
            List<Partition> projected = Projection.of(table).partitions(scan.filters());
            if (scan.filters().isEmpty()) {
                return projected;
            }
            String list = scan.view() + "_projected";
            fill(connection, "TEMP TABLE", list, table.partitionKeys(), projected);
            return filtered(connection, scan, list, projected);
        }
        Table.Partitions registered = table.partitions();
        if (scan.filters().isEmpty()) {
            return registered.list();
        }
        synchronized (table) {
            String name = "partitions_" + table.id();
            Long known = partitionVersions.get(table.id());
            if (known == null || known != registered.version()) {
                execute(connection, "DROP TABLE IF EXISTS " + name);
                fill(connection, "TABLE", name, table.partitionKeys(), registered.list());
                partitionVersions.put(table.id(), registered.version());
            }
            return filtered(connection, scan, name, registered.list());
        }
    }

    /** A filter that can't be evaluated, for a value that isn't of the type that the filter wants, prunes nothing. */
    private static List<Partition> filtered(Connection connection, TableScan scan, String name, List<Partition> all)
            throws SQLException {
        List<Partition> matching = new ArrayList<>();
        String sql = "SELECT n FROM (SELECT l.n" + keyItems("l", scan.table().partitionKeys()) + " FROM " + name
                + " l) p WHERE " + String.join(" AND ", scan.filters()) + " ORDER BY n";
        try (Statement statement = connection.createStatement();
                ResultSet numbers = statement.executeQuery(sql)) {
            while (numbers.next()) {
                matching.add(all.get(numbers.getInt(1)));
            }
            return matching;
        } catch (SQLException failure) {
            if (Thread.currentThread().isInterrupted()) {
                throw failure;
            }
            return all;
        }
    }

    /** Creates a table with a row for each partition, numbered in order. */
    private static void fill(
            Connection connection, String kind, String name, List<Column> keys, List<Partition> partitions)
            throws SQLException {
        execute(connection, "CREATE " + kind + " " + name + " (n INTEGER, " + partitionColumns(keys) + ")");
        try (DuckDBAppender appender = appender(connection, name)) {
            for (int n = 0; n < partitions.size(); n++) {
                appender.beginRow();
                appender.append(n);
                append(appender, keys, partitions.get(n), Partition::inList);
                appender.endRow();
            }
        }
    }

    private static String partitionColumns(List<Column> keys) {
        return "part VARCHAR, w INTEGER"
                + IntStream.range(0, keys.size())
                        .mapToObj(i -> ", t" + i + " VARCHAR")
                        .collect(Collectors.joining());
    }

    private static void append(
            DuckDBAppender appender, List<Column> keys, Partition partition, Function<String, @Nullable String> shown)
            throws SQLException {
        appender.append(HivePaths.partition(keys, partition.values()));
        appender.append(partition.columns());
        for (String text : partition.values()) {
            String value = shown.apply(text);
            if (value == null) {
                appender.appendNull();
            } else {
                appender.append(value);
            }
        }
    }

    /** The partition columns' values {@code k0, k1, …}, each after a comma. */
    private static String keyItems(String alias, List<Column> keys) {
        return IntStream.range(0, keys.size())
                .mapToObj(i -> ", " + keyValue(alias + ".t" + i, keys.get(i)) + " AS k" + i)
                .collect(Collectors.joining());
    }

    /** A partition whose text isn't of its key's type fails each query that would have to look at it. */
    private static String keyValue(String text, Column key) {
        SqlType type = key.type();
        if (type.isText()) {
            return text;
        }
        String cast = "TRY_CAST(" + text + " AS " + type.duckName() + ")";
        return "CASE WHEN " + text + " IS NULL THEN NULL WHEN " + cast + " IS NULL THEN al_bad_partition(" + text + ", "
                + Literals.quote(type.trinoName().toUpperCase(Locale.ROOT)) + ", " + Literals.quote(key.name())
                + ") ELSE " + cast + " END";
    }

    private static DuckDBAppender appender(Connection connection, String table) throws SQLException {
        boolean temporary = table.startsWith("scan_");
        return connection
                .unwrap(DuckDBConnection.class)
                .createAppender(temporary ? "temp" : connection.getCatalog(), "main", table);
    }

    private void collect(String location, List<DataFile> files) throws IOException {
        S3Address address = S3Address.parse(location);
        if (address != null) {
            String key = address.key().endsWith("/")
                    ? address.key().substring(0, address.key().length() - 1)
                    : address.key();
            Path folder = key.isEmpty() ? s3.bucketDirectory(address.bucket()) : s3.file(address.bucket(), key);
            String prefix = "s3://" + address.bucket() + "/" + (key.isEmpty() ? "" : key + "/");
            collect(folder.toFile(), prefix, files);
        }
    }

    private static void collect(File folder, String prefix, List<DataFile> files) throws IOException {
        String[] names = folder.list();
        if (names == null) {
            return;
        }
        Arrays.sort(names);
        for (String name : names) {
            if (name.startsWith("_") || name.startsWith(".")) {
                continue;
            }
            Path path = folder.toPath().resolve(name);
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                if (attributes.isDirectory()) {
                    collect(path.toFile(), prefix + name + "/", files);
                } else if (attributes.size() > 0) {
                    files.add(new DataFile(
                            path,
                            prefix + name,
                            attributes.size(),
                            attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS),
                            attributes.fileKey()));
                }
            } catch (NoSuchFileException deletedSinceListed) {
                LOG.debug("{} is gone since it was listed.", path);
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
