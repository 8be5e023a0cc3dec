package io.github.tieredquery.athena.internal.adopt;

import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.catalog.SchemaCheck;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.format.TypedFormat;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePath;
import io.github.tieredquery.partition.PartitionLook;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ForeignPartition;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.ColumnType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.TableMetadata;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** The partitions and files of the table whose archive another one takes over. It is only read. Thread-safe. */
public final class AdoptedArchive {

    public static final Codec PARTITION = TextCodec.plain(ColumnType.STRING, HivePath.NULL_TEXT);
    private static final Codec TEXT = TextCodec.plain(ColumnType.STRING);
    private static final Codec NUMBER = new NativeCodec(ColumnType.INT64);

    private final AthenaTable table;
    private final HivePartitionLayout layout;
    private final PartitionLook look;
    private final List<String> names;
    private final S3Location newLocation;
    private final List<TypedFormat> formats;
    private final AthenaSession session;
    private final Catalog catalog;

    /**
     * The archive of a table.
     *
     * @param layout of the table that takes it over
     * @param newLocation where that table lies
     * @param formats in which the library writes, besides texts
     */
    public AdoptedArchive(
            AthenaTable table,
            HivePartitionLayout layout,
            S3Location newLocation,
            List<TypedFormat> formats,
            AthenaSession session,
            Catalog catalog) {
        this.table = table;
        this.layout = layout;
        this.look = PartitionLook.forAdoption("athena:" + table.database() + "." + table.name(), table.table(), layout);
        this.names = table.partitionColumns();
        this.newLocation = newLocation;
        this.formats = List.copyOf(formats);
        this.session = session;
        this.catalog = catalog;
    }

    private String name() {
        return "athena:" + table.database() + "." + table.name();
    }

    /** How its files are written; refused if the table isn't one that can be taken over. */
    public LegacyStorage storage() {
        TableMetadata metadata = catalog.find(table.database(), table.name());
        if (metadata == null) {
            throw new ConfigurationException(name() + ": there is no such table to take over");
        }
        List<String> differences = SchemaCheck.differences(table, metadata);
        if (!differences.isEmpty()) {
            throw new ConfigurationException(name() + ": the table to take over isn't the one that the source"
                    + " describes: " + String.join("; ", differences));
        }
        LegacyStorage storage = storage(name(), metadata);
        checkApart(storage.location());
        return storage;
    }

    /**
     * How the files of a table like it are written.
     *
     * @param subject what messages call the table
     * @throws ConfigurationException if the library can't write such files
     */
    public LegacyStorage storage(String subject, TableMetadata metadata) {
        return LegacyStorage.of(subject, metadata, formats);
    }

    /** What lies in a partition's folder is read with it, whatever table it was written for. */
    private void checkApart(S3Location old) {
        if (newLocation.isWithin(old) || old.isWithin(newLocation)) {
            throw new ConfigurationException(name() + ": its files lie at " + old
                    + ", and the table that takes them over"
                    + " would lie at " + newLocation + "; one is within the other, so that files would be read twice."
                    + " Say another location(…)");
        }
    }

    public List<HivePartition> partitions(ScanControl control) {
        storage();
        List<HivePartition> partitions = new ArrayList<>();
        for (List<@Nullable Object> values :
                session.read(table.partitions(names), names, Collections.nCopies(names.size(), PARTITION), control)) {
            partitions.add(partition(values));
        }
        return partitions;
    }

    private HivePartition partition(List<@Nullable Object> values) {
        List<@Nullable String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value == null ? null : value.toString()));
        return look.partition(texts);
    }

    /** The files of some partitions that belong together in time. */
    public List<ForeignPartition> files(Collection<HivePartition> partitions, ScanControl control) {
        List<TimeRange> times = partitions.stream().map(layout::timeOf).toList();
        Instant from =
                times.stream().map(TimeRange::from).min(Instant::compareTo).orElseThrow();
        Instant to = times.stream().map(TimeRange::to).max(Instant::compareTo).orElseThrow();
        List<String> columns = new ArrayList<>(names);
        columns.add("path");
        columns.add("rows");
        List<Codec> codecs = new ArrayList<>(Collections.nCopies(names.size(), PARTITION));
        codecs.add(TEXT);
        codecs.add(NUMBER);
        Map<HivePartition, Map<String, Long>> rows = new LinkedHashMap<>();
        for (List<@Nullable Object> row :
                session.read(table.filesByPartition(names, new TimeRange(from, to)), columns, codecs, control)) {
            HivePartition partition = partition(row.subList(0, names.size()));
            rows.computeIfAbsent(partition, absent -> new LinkedHashMap<>())
                    .put(String.valueOf(row.get(names.size())), (Long)
                            Objects.requireNonNull(row.get(names.size() + 1), "count(*) is NULL"));
        }
        List<ForeignPartition> found = new ArrayList<>();
        for (HivePartition partition : partitions) {
            Map<String, Long> files = rows.get(partition);
            if (files != null) {
                found.add(new ForeignPartition(partition, sized(files, control)));
            }
        }
        return found;
    }

    private List<StoredFile> sized(Map<String, Long> files, ScanControl control) {
        S3Location folder = S3Location.commonFolder(
                files.keySet().stream().map(S3Location::parse).toList());
        checkApart(folder);
        Map<String, Long> sizes = sizes(folder, control);
        List<StoredFile> stored = new ArrayList<>();
        files.forEach((path, rows) -> {
            Long size = sizes.get(path);
            if (size == null) {
                throw new SourceUnavailableException(
                        name() + ": Athena has read " + path + ", and S3 doesn't list it below " + folder);
            }
            stored.add(new StoredFile(path, rows, size));
        });
        return stored;
    }

    private Map<String, Long> sizes(S3Location folder, ScanControl control) {
        Map<String, Long> sizes = new HashMap<>();
        String token = null;
        do {
            String from = token;
            ListObjectsV2Response page = catalog.calls()
                    .call(
                            control,
                            "listing " + folder,
                            () -> catalog.aws()
                                    .s3(control)
                                    .listObjectsV2(request -> request.bucket(folder.bucket())
                                            .prefix(folder.key())
                                            .continuationToken(from)));
            page.contents()
                    .forEach(object ->
                            sizes.put(new S3Location(folder.bucket(), object.key()).toString(), object.size()));
            token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (token != null);
        return sizes;
    }
}
