package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.format.PartitionRegistration;
import io.github.tieredquery.athena.internal.adopt.ForeignArchive;
import io.github.tieredquery.athena.internal.archive.Archive;
import io.github.tieredquery.athena.internal.archive.ArchiveView;
import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.athena.internal.execution.RunnerOptions;
import io.github.tieredquery.athena.internal.execution.ScanPrice;
import io.github.tieredquery.athena.internal.result.ResultReader.ReadOptions;
import io.github.tieredquery.athena.internal.result.Statements;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.ColdColumn;
import io.github.tieredquery.athena.internal.sql.ColdTable;
import io.github.tieredquery.athena.internal.sql.ProjectionProperties;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.HivePath;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.EncryptionOption;
import software.amazon.awssdk.services.athena.model.ResultConfiguration;
import software.amazon.awssdk.services.athena.model.S3AclOption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Checks that a builder's options fit together, and makes the parts of a source of them. */
final class SourceAssembly {

    private final AthenaSourceBuilder options;
    private final Map<String, String> partitionTypes;

    /** Parts of a source whose partition columns are of the types that the options say. */
    SourceAssembly(AthenaSourceBuilder options) {
        this(options, options.partitionTypes);
    }

    /**
     * Parts of a source.
     *
     * @param partitionTypes the types of partition columns that aren't text, by name
     */
    SourceAssembly(AthenaSourceBuilder options, Map<String, String> partitionTypes) {
        this.options = options;
        this.partitionTypes = partitionTypes;
    }

    /**
     * The table in Athena.
     *
     * @throws ConfigurationException if a required option is missing, or options exclude each other
     */
    ColdTable coldTable() {
        String database = options.database;
        String name = options.name;
        HivePartitionLayout layout = options.layout;
        if (database == null || name == null) {
            throw new ConfigurationException("table '" + options.table.name()
                    + "': the source needs its table in Athena; name it with table(…)");
        }
        String subject = "athena:" + database + "." + name + ": ";
        if (layout == null) {
            throw new ConfigurationException(subject + "the source needs the layout of its partitions; say layout(…)");
        }
        if (options.location == null && !options.existing) {
            throw new ConfigurationException(subject + "the source needs the place of its files; say location(…)");
        }
        if (options.existing && layout.isVersioned()) {
            throw new ConfigurationException(
                    subject + "a table that somebody else fills has no versions; say layout(….withoutVersion())");
        }
        if (!options.existing && layout.isReadOnly()) {
            throw new ConfigurationException(subject + "the layout " + layout.describe() + " is one that others write;"
                    + " an archiver writes year=2024/month=01/day=05, each row in the partition of its time. Say"
                    + " existing() to read the table, or leave unpadded(), dateColumn(…), rowsLateBy(…) and"
                    + " rowsEarlyBy(…) out");
        }
        if (!options.existing && !partitionTypes.isEmpty()) {
            throw new ConfigurationException(subject + "the types of " + partitionTypes.keySet()
                    + " are string in a table that an archiver writes; partitionType(…) is for existing() tables");
        }
        if (options.adoptedName != null && (options.existing || !layout.isVersioned())) {
            throw new ConfigurationException(subject + "a table that takes over the files of another one is written"
                    + " under versions; leave out existing() and withoutVersion()");
        }
        if (options.adoptedName != null
                && options.adoptedName.equals(name)
                && database.equals(options.adoptedDatabase)) {
            throw new ConfigurationException(
                    subject + "the table can't take over itself; name a new one with table(…)");
        }
        if (options.registration == PartitionRegistration.PROJECTION && layout.isVersioned()) {
            throw new ConfigurationException(subject
                    + "partition projection can't work versions out; say layout(….withoutVersion()), which promises"
                    + " less, or register partitions with ADD_PARTITION");
        }
        if (!options.existing && options.adoptedName == null && !options.encodings.isEmpty()) {
            throw new ConfigurationException(subject + "the encoding of " + options.encodings.keySet()
                    + " follows from the format; encodings are for existing() tables and for adopting(…) ones");
        }
        checkView(database, name, layout, subject);
        return coldTable(database, name, layout, subject);
    }

    private void checkView(String database, String name, HivePartitionLayout layout, String subject) {
        String view = options.view;
        if (view == null) {
            return;
        }
        if (options.existing || !layout.isVersioned()) {
            throw new ConfigurationException(subject + "a view leaves out versions that don't count, and this table has"
                    + " none; leave out view(…), and let others query the table");
        }
        if (view.equals(name) || (view.equals(options.adoptedName) && database.equals(options.adoptedDatabase))) {
            throw new ConfigurationException(
                    subject + "the view can't have the table's name " + view + "; say another one with view(…)");
        }
    }

    private @Nullable ColdTable adoptedTable() {
        HivePartitionLayout partitions = options.layout;
        return options.adoptedDatabase == null || options.adoptedName == null || partitions == null
                ? null
                : coldTable(
                        options.adoptedDatabase,
                        options.adoptedName,
                        partitions.withoutVersion(),
                        "athena:" + options.adoptedDatabase + "." + options.adoptedName + ": ");
    }

    private ColdTable coldTable(String databaseName, String tableName, HivePartitionLayout partitions, String subject) {
        HivePartitionPlanner planner = HivePartitionPlanner.of(options.table, partitions);
        Map<String, ColdColumn> columns = new LinkedHashMap<>();
        for (Column column : options.table.rowType().columns()) {
            boolean partition = planner.layout().filterColumns().contains(column.name());
            String physical = options.physicalNames.getOrDefault(column.name(), column.name());
            boolean isText = !partitionTypes.containsKey(physical);
            columns.put(
                    column.name(),
                    new ColdColumn(
                            column,
                            physical,
                            partition && !isText ? new NativeCodec(column.type()) : codec(subject, column, partition),
                            partition));
        }
        Codec time = Objects.requireNonNull(
                        columns.get(options.table.timeColumn().name()))
                .codec();
        return new ColdTable(
                options.table,
                databaseName,
                tableName,
                options.existing ? time.sorted(planner) : planner,
                columns,
                partitionTypes);
    }

    private Codec codec(String subject, Column column, boolean partition) {
        if (partition) {
            return column.nullable()
                    ? TextCodec.plain(column.type(), HivePath.NULL_TEXT)
                    : TextCodec.plain(column.type());
        }
        if (options.existing || options.adoptedName != null) {
            return options.encodings
                    .getOrDefault(column.name(), ColdEncoding.natively())
                    .codec(subject, column);
        }
        return switch (options.form) {
            case CSV -> TextCodec.csv(column.type(), column.nullable());
            case PARQUET ->
                column.type().kind() == Kind.TIMESTAMP
                        ? TextCodec.plain(column.type())
                        : new NativeCodec(column.type());
        };
    }

    /** What the source takes over, null if nothing. */
    @Nullable
    ForeignArchive foreignArchive(ColdTable cold, TableDdl ddl, Statements statements, Catalog catalog) {
        ColdTable adopted = adoptedTable();
        if (adopted == null) {
            return null;
        }
        List<String> columns = ddl.partitionColumns();
        return new ForeignArchive(
                adopted, cold.layout(), columns.subList(0, columns.size() - 1), ddl.location(), statements, catalog);
    }

    /** The view for other users of Athena, null if there is none. */
    @Nullable
    ArchiveView view(String source, ColdTable cold, TableDdl ddl, Statements statements, Catalog catalog) {
        return options.view == null
                ? null
                : new ArchiveView(
                        source, options.view, cold, ddl.partitionColumns(), catalog, statements, System::nanoTime);
    }

    /** Where its files lie; null if nobody has said. */
    @Nullable
    String place() {
        return options.location == null ? null : options.location.toString();
    }

    TableDdl ddl(ColdTable cold) {
        S3Location files = options.location == null ? new S3Location("unknown", "") : options.location;
        return new TableDdl(cold, options.form, files, projection(cold, files));
    }

    private Map<String, String> projection(ColdTable cold, S3Location files) {
        return options.registration == PartitionRegistration.PROJECTION
                ? new ProjectionProperties(cold, files, options.firstProjectedYear, options.lastProjectedYear)
                        .of(options.projectedValues)
                : Map.of();
    }

    Archive.Options archiveOptions() {
        return new Archive.Options(
                options.fileFormat,
                options.form,
                options.registration,
                Map.copyOf(options.projectedValues),
                options.kmsKey != null
                        ? ServerSideEncryption.AWS_KMS
                        : options.encryptedByS3 ? ServerSideEncryption.AES256 : null,
                options.kmsKey,
                options.bucketOwner,
                options.ownerFullControl,
                options.workDirectory);
    }

    /** Whether the table is the library's to write. */
    boolean isWritable() {
        return !options.existing;
    }

    ScanPrice price() {
        return options.price;
    }

    AwsAccess aws() {
        return options.aws;
    }

    Catalog catalog(String source, AthenaCalls calls) {
        return new Catalog(options.aws, calls, source, options.catalog, options.workGroup);
    }

    RunnerOptions runnerOptions() {
        return new RunnerOptions(
                options.workGroup,
                options.catalog,
                Objects.requireNonNull(options.database),
                resultConfiguration(),
                options.firstPoll,
                options.longestPoll,
                options.throttleLimit,
                options.reruns);
    }

    private @Nullable ResultConfiguration resultConfiguration() {
        EncryptionOption encryption = options.kmsKey != null
                ? EncryptionOption.SSE_KMS
                : options.encryptedByS3 ? EncryptionOption.SSE_S3 : null;
        if (options.outputLocation == null
                && encryption == null
                && options.bucketOwner == null
                && !options.ownerFullControl) {
            return null;
        }
        ResultConfiguration.Builder results = ResultConfiguration.builder()
                .outputLocation(options.outputLocation)
                .expectedBucketOwner(options.bucketOwner);
        if (encryption != null) {
            results.encryptionConfiguration(
                    each -> each.encryptionOption(encryption).kmsKey(options.kmsKey));
        }
        if (options.ownerFullControl) {
            results.aclConfiguration(each -> each.s3AclOption(S3AclOption.BUCKET_OWNER_FULL_CONTROL));
        }
        return results.build();
    }

    ReadOptions readOptions() {
        return new ReadOptions(options.bucketOwner, options.pagesOnly, options.partBytes, options.partsAhead);
    }
}
