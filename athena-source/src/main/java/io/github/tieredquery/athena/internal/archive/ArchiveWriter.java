package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.format.TableStorage;
import io.github.tieredquery.athena.internal.s3.BucketOptions;
import io.github.tieredquery.athena.internal.s3.FileCopies;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Where and how the files of a cold table are written. Immutable and thread-safe. */
public final class ArchiveWriter {

    /** S3's limit. */
    private static final int LONGEST_KEY_BYTES = 1_024;

    private static final int SHOWN_CHARS = 100;

    private final AwsAccess aws;
    private final AthenaTable cold;
    private final TableDdl ddl;
    private final Options options;
    private final FileCopies copies;

    /**
     * How files are written and made known.
     *
     * @param workDirectory where they are written before they go to S3
     */
    public record Options(PartitionRegistration registration, BucketOptions bucket, Path workDirectory) {}

    /** The archive of a table. */
    public ArchiveWriter(AwsAccess aws, AthenaTable cold, TableDdl ddl, Options options) {
        this.aws = aws;
        this.cold = cold;
        this.ddl = ddl;
        this.options = options;
        this.copies = new FileCopies(aws, FileCopies.LARGEST_COPY_BYTES);
    }

    /**
     * Starts a file.
     *
     * @param storage how files are written
     * @param control tells when putting it is given up
     */
    public ColdFile create(HivePartition partition, long version, int part, TableStorage storage, ScanControl control) {
        FileFormat format = storage.writer("athena:" + cold.database() + "." + cold.name());
        S3Location target = target(partition, version, part, format.suffix());
        PutObjectRequest.Builder request = put(target);
        if (!cold.layout().isVersioned()) {
            // What is there already may count by now.
            request.ifNoneMatch("*");
        }
        Table table = cold.table();
        List<AthenaColumn> columns = cold.columns().stream()
                .filter(each -> !each.partition())
                .map(each -> each.written(storage))
                .toList();
        return new ArchiveFile(aws, table, columns, format, request.build(), options.workDirectory(), control);
    }

    /** What the archive's place says of who writes it. */
    public PlaceMark mark() {
        return new PlaceMark(aws, this, ddl.location());
    }

    public TableDdl ddl() {
        return ddl;
    }

    /** How an object is put to a place. */
    PutObjectRequest.Builder put(S3Location target) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(target.bucket())
                .key(target.key())
                .serverSideEncryption(options.bucket().encryption())
                .ssekmsKeyId(options.bucket().kmsKey())
                .expectedBucketOwner(options.bucket().owner());
        if (options.bucket().ownerFullControl()) {
            request.acl(ObjectCannedACL.BUCKET_OWNER_FULL_CONTROL);
        }
        return request;
    }

    /** The account that the bucket has to belong to, null if it doesn't matter. */
    @Nullable
    String bucketOwner() {
        return options.bucket().owner();
    }

    /** Fails if a partition could not be written, or not be found afterwards. */
    private void checkFound(HivePartition partition) {
        for (String column : partition.columns()) {
            String value = partition.value(column);
            if (value != null && value.indexOf('\0') >= 0) {
                throw new ArchiveRefusedException(subject(partition) + " has the character NUL (at index "
                        + value.indexOf('\0') + ") in the partition column '" + column + "', which no path holds."
                        + " Change the value, or leave the column out of the layout");
            }
            if (value != null
                    && value.indexOf(':') >= 0
                    && options.registration() instanceof PartitionRegistration.Msck) {
                throw new ArchiveRefusedException(subject(partition) + " has '" + value + "' in the partition column '"
                        + column + "', and MSCK REPAIR TABLE passes over values with a colon without a word. Register"
                        + " by Registration.addPartition(), change the value, or leave the column out of the layout");
            }
            List<String> projected = projected(column);
            if (projected != null && !projected.contains(value)) {
                throw new ArchiveRefusedException(subject(partition) + " has "
                        + (value == null ? "NULL" : "'" + value + "'") + " in the partition column '" + column
                        + "', which Athena wouldn't look for: the"
                        + " projected values are " + projected
                        + ". Add it to Registration.projection(…) and to the table's"
                        + " properties, or change the value");
            }
        }
    }

    /** The values of a partition column that Athena looks for; null if there is no end to them. */
    private @Nullable List<String> projected(String column) {
        return options.registration() instanceof PartitionRegistration.Projection projection
                ? projection.values().get(column)
                : null;
    }

    /**
     * Fails if rows can't be counted without the value of a column.
     *
     * @throws ConfigurationException if a column is injected
     */
    public void refuseInjected() {
        for (String column : cold.layout().filterColumns()) {
            if (!isRegistered() && projected(column) == null) {
                throw new ConfigurationException("athena:" + cold.database() + "." + cold.name() + ": the partition"
                        + " column '" + column + "' is injected, so Athena can't count what a window holds, and nothing"
                        + " can be archived; say its values with Registration.projection(…)");
            }
        }
    }

    private void checkLength(HivePartition partition, S3Location target) {
        int bytes = target.key().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_KEY_BYTES) {
            throw new ArchiveRefusedException(subject(partition) + " has a path so long that its files' keys have "
                    + bytes + " bytes, and S3's have " + LONGEST_KEY_BYTES + " at most. Change the values of "
                    + cold.layout().filterColumns() + ", or leave a column out of the layout");
        }
    }

    /** With the beginning of its path, which may be long. */
    private String subject(HivePartition partition) {
        String path = partition.path();
        int shown = path.offsetByCodePoints(0, Math.min(SHOWN_CHARS, path.codePointCount(0, path.length())));
        return "table '" + cold.table().name() + "': the partition "
                + path.substring(0, shown).replace("\0", "\uFFFD") + (shown < path.length() ? "…" : "");
    }

    private S3Location target(HivePartition partition, long version, int part, String suffix) {
        checkFound(partition);
        S3Location target = ddl.folder(partition, cold.layout().isVersioned() ? version : null)
                .resolve(String.format(Locale.ROOT, "part-%05d%s", part, suffix));
        checkLength(partition, target);
        return target;
    }

    /** Lets S3 copy a file into another version of its partition. */
    public StoredFile copy(StoredFile file, HivePartition partition, long version, int part, ScanControl control) {
        S3Location source = S3Location.parse(file.location());
        String name = source.key().substring(source.key().lastIndexOf('/') + 1);
        int dot = name.indexOf('.');
        S3Location target = target(partition, version, part, dot < 0 ? "" : name.substring(dot));
        CopyObjectRequest.Builder request = CopyObjectRequest.builder()
                .sourceBucket(source.bucket())
                .sourceKey(source.key())
                .destinationBucket(target.bucket())
                .destinationKey(target.key())
                .serverSideEncryption(options.bucket().encryption())
                .ssekmsKeyId(options.bucket().kmsKey())
                .expectedSourceBucketOwner(options.bucket().owner())
                .expectedBucketOwner(options.bucket().owner());
        if (options.bucket().ownerFullControl()) {
            request.acl(ObjectCannedACL.BUCKET_OWNER_FULL_CONTROL);
        }
        copies.copy(request.build(), file.bytes(), control);
        return new StoredFile(target.toString(), file.rows(), file.bytes());
    }

    /** The statements that make partitions known; none for what Athena works out or finds. */
    public List<String> registrations(Collection<PartitionManifest> manifests) {
        List<PartitionManifest> own = new ArrayList<>();
        List<PartitionManifest> added = new ArrayList<>();
        for (PartitionManifest each : manifests) {
            boolean found = !(options.registration() instanceof PartitionRegistration.AddPartition)
                    && place(each).isWithin(ddl.location());
            (found ? own : added).add(each);
        }
        List<String> statements = new ArrayList<>(additions(added));
        if (!own.isEmpty() && options.registration() instanceof PartitionRegistration.Msck) {
            statements.add(ddl.repair());
        }
        return statements;
    }

    private List<String> additions(Collection<PartitionManifest> manifests) {
        TreeMap<Long, Map<HivePartition, S3Location>> byVersion = new TreeMap<>();
        for (PartitionManifest each : manifests) {
            byVersion
                    .computeIfAbsent(each.version(), absent -> new LinkedHashMap<>())
                    .put(each.partition(), place(each));
        }
        List<String> statements = new ArrayList<>();
        byVersion.forEach((version, places) -> statements.addAll(
                ddl.addPartitions(places, cold.layout().isVersioned() ? Objects.requireNonNull(version) : null)));
        return statements;
    }

    /** Where the files of a partition lie: where this archive writes, or where another job has written them. */
    private S3Location place(PartitionManifest manifest) {
        S3Location folder = ddl.folder(manifest.partition(), cold.layout().isVersioned() ? manifest.version() : null);
        List<S3Location> files = manifest.files().stream()
                .map(file -> S3Location.parse(file.location()))
                .toList();
        return files.stream().allMatch(file -> file.isWithin(folder)) ? folder : S3Location.commonFolder(files);
    }

    public boolean isRegistered() {
        return !(options.registration() instanceof PartitionRegistration.Projection);
    }
}
