package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.adopt.AdoptedArchive;
import io.github.tieredquery.athena.internal.archive.ArchiveView;
import io.github.tieredquery.athena.internal.archive.ArchiveWriter;
import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.athena.internal.execution.Pauses;
import io.github.tieredquery.athena.internal.execution.RunnerOptions;
import io.github.tieredquery.athena.internal.execution.ScanPrice;
import io.github.tieredquery.athena.internal.format.TableStorage;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.result.ResultReader.ReadOptions;
import io.github.tieredquery.athena.internal.s3.BucketOptions;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.HivePath;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link AthenaSource}: the options that every kind of source has. The kinds are
 *
 * <ul>
 *   <li>{@link AthenaSource#archive}: an archive that the library's archiver fills ({@link OwnArchiveBuilder}),
 *   <li>{@link AthenaSource#existing}: a table that somebody else fills ({@link ExistingTableBuilder}),
 *   <li>{@link AthenaSource#adopting}: an archive that takes over another job's ({@link AdoptedArchiveBuilder}).
 * </ul>
 *
 * <p>Not thread-safe.
 *
 * @param <B> the kind of builder, which each option gives back
 */
public abstract sealed class AthenaSourceBuilder<B extends AthenaSourceBuilder<B>>
        permits AthenaArchiveBuilder, ExistingTableBuilder {

    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,255}");

    final AwsAccess aws;
    final Table table;
    private final Map<String, String> physicalNames = new LinkedHashMap<>();

    private @Nullable String database;
    private @Nullable String name;
    private @Nullable HivePartitionLayout layout;
    private AthenaResults results = AthenaResults.ofPrimary();
    private String catalog = "AwsDataCatalog";
    BucketOptions bucket = BucketOptions.NONE;
    ScanPrice price = new ScanPrice(BigDecimal.valueOf(5), 10);
    boolean unchecked;

    AthenaSourceBuilder(AwsAccess aws, Table table) {
        this.aws = Objects.requireNonNull(aws, "aws");
        this.table = Objects.requireNonNull(table, "table");
    }

    /** This builder as the kind that it is, which its type parameter says. */
    @SuppressWarnings("unchecked")
    final B self() {
        return (B) this;
    }

    /**
     * The table in Athena. Required.
     *
     * @param databaseName the database, in lower case
     * @param tableName the table, in lower case
     * @return this builder
     * @throws IllegalArgumentException if one of them isn't a name in Athena
     */
    public B table(String databaseName, String tableName) {
        database = checked("database", databaseName);
        name = checked("table", tableName);
        return self();
    }

    /**
     * The catalog that the database is in. {@code AwsDataCatalog} by default.
     *
     * @param catalogName the catalog
     * @return this builder
     */
    public B catalog(String catalogName) {
        catalog = Objects.requireNonNull(catalogName, "catalogName");
        return self();
    }

    /**
     * How rows are spread over partitions. Required.
     *
     * @param partitions the layout; what it says of versions doesn't count for {@link AthenaSource#existing} tables,
     *     which have none
     * @return this builder
     */
    public B layout(HivePartitionLayout partitions) {
        layout = Objects.requireNonNull(partitions, "partitions");
        return self();
    }

    /**
     * Maps a column to another name. Columns have the same name in Athena by default.
     *
     * @param column the logical column
     * @param coldName its name in Athena, in lower case
     * @return this builder
     * @throws IllegalArgumentException if the table has no such column, or if the name isn't one in Athena
     */
    public B column(String column, String coldName) {
        table.column(column);
        physicalNames.put(column, checked("column", coldName));
        return self();
    }

    /**
     * How statements are run, and where and how their results are read. By Athena's default workgroup, {@code primary},
     * and where it says, by default.
     *
     * @param statementResults the results
     * @return this builder
     */
    public B results(AthenaResults statementResults) {
        results = Objects.requireNonNull(statementResults, "statementResults");
        return self();
    }

    /**
     * Has results and archive files encrypted with keys of S3. By default as the buckets say.
     *
     * @return this builder
     */
    public B encryptedByS3() {
        bucket = bucket.encryptedByS3();
        return self();
    }

    /**
     * Has results and archive files encrypted with a key of KMS. By default as the buckets say.
     *
     * @param keyArn the key's ARN or id
     * @return this builder
     */
    public B encryptedByKms(String keyArn) {
        bucket = bucket.encryptedByKms(Objects.requireNonNull(keyArn, "keyArn"));
        return self();
    }

    /**
     * The account that must own the buckets; calls fail if another does. Any by default.
     *
     * @param accountId 12 digits
     * @return this builder
     * @throws IllegalArgumentException if it isn't 12 digits
     */
    public B expectedBucketOwner(String accountId) {
        if (!accountId.matches("\\d{12}")) {
            throw new IllegalArgumentException("the account id '" + accountId + "' isn't 12 digits");
        }
        bucket = bucket.ownedBy(accountId);
        return self();
    }

    /**
     * Gives the owner of the bucket full control of what is written, for buckets of other accounts that use ACLs. No
     * ACL by default.
     *
     * @return this builder
     */
    public B bucketOwnerFullControl() {
        bucket = bucket.withOwnerFullControl();
        return self();
    }

    /**
     * What Athena charges. 5 US dollars for a terabyte and at least 10 megabytes a query by default.
     *
     * @param dollarsPerTerabyte US dollars for 10^12 bytes scanned
     * @param minimumMegabytes what a query is charged for at least
     * @return this builder
     */
    public B price(BigDecimal dollarsPerTerabyte, long minimumMegabytes) {
        price = new ScanPrice(dollarsPerTerabyte, minimumMegabytes);
        return self();
    }

    /**
     * Leaves out the comparison with the table in Athena, which is one call of GetTableMetadata when the source is
     * built, and the look at the partitions of an {@link AthenaSource#existing} one.
     *
     * @return this builder
     */
    public B withoutSchemaCheck() {
        unchecked = true;
        return self();
    }

    /**
     * Builds the source, and compares it with the table in Athena.
     *
     * @return the source; the caller closes it
     * @throws ConfigurationException if something required is missing, a column can't stand in the format exactly, or
     *     the table in Athena differs
     */
    public final AthenaSource build() {
        return build(Pauses.real());
    }

    abstract AthenaSource build(Pauses pauses);

    /** Gives a source that was just made if it passes a check, and closes it if not. */
    static AthenaSource passing(AthenaSource source, Consumer<AthenaSource> check) {
        boolean passed = false;
        try {
            check.accept(source);
            passed = true;
            return source;
        } finally {
            if (!passed) {
                source.close();
            }
        }
    }

    static String checked(String what, String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the " + what + " '" + text + "' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
        }
        return text;
    }

    /** What the table is called as a source and in messages. */
    String subject() {
        if (database == null || name == null) {
            throw new ConfigurationException(
                    "table '" + table.name() + "': the source needs its table in Athena; name it with table(…)");
        }
        return subject(database, name);
    }

    static String subject(String databaseName, String tableName) {
        return "athena:" + databaseName + "." + tableName;
    }

    /** The table's database; null if it has no name yet. */
    @Nullable
    final String database() {
        return database;
    }

    /** The table's name; null if it has none yet. */
    @Nullable
    final String name() {
        return name;
    }

    /** The layout as this kind of source has it. */
    HivePartitionLayout layout() {
        if (layout == null) {
            throw new ConfigurationException(
                    subject() + ": the source needs the layout of its partitions; say layout(…)");
        }
        return layout;
    }

    /** How the values of a column that isn't a partition column stand in the files. */
    abstract Codec codec(String subject, Column column);

    /** A planner for rows that were sorted into partitions by their times; as it is, if those are what is read. */
    HivePartitionPlanner planner(HivePartitionPlanner planner, Codec time) {
        return planner;
    }

    /**
     * The table in Athena.
     *
     * @param partitionTypes the types of partition columns that aren't text, by name
     * @throws ConfigurationException if something required is missing, or options exclude each other
     */
    AthenaTable coldTable(Map<String, String> partitionTypes) {
        subject();
        return coldTable(Objects.requireNonNull(database), Objects.requireNonNull(name), layout(), partitionTypes);
    }

    /** A table that has the columns of this source. */
    final AthenaTable coldTable(
            String databaseName, String tableName, HivePartitionLayout partitions, Map<String, String> partitionTypes) {
        HivePartitionPlanner planner = HivePartitionPlanner.of(table, partitions);
        Map<String, AthenaColumn> columns = new LinkedHashMap<>();
        for (Column column : table.rowType().columns()) {
            boolean partition = planner.layout().filterColumns().contains(column.name());
            String physical = physicalNames.getOrDefault(column.name(), column.name());
            Codec codec = partition
                    ? partitionCodec(column, partitionTypes.containsKey(physical))
                    : codec(subject(databaseName, tableName) + ": ", column);
            columns.put(column.name(), new AthenaColumn(column, physical, codec, partition));
        }
        Codec time =
                Objects.requireNonNull(columns.get(table.timeColumn().name())).codec();
        return new AthenaTable(table, databaseName, tableName, planner(planner, time), columns, partitionTypes);
    }

    private static Codec partitionCodec(Column column, boolean typed) {
        if (typed) {
            return new NativeCodec(column.type());
        }
        return column.nullable() ? TextCodec.plain(column.type(), HivePath.NULL_TEXT) : TextCodec.plain(column.type());
    }

    /** How statements are run. */
    final RunnerOptions runnerOptions() {
        return results.runnerOptions(catalog, Objects.requireNonNull(database), bucket);
    }

    /** How results are read. */
    final ReadOptions readOptions() {
        return results.readOptions(bucket);
    }

    /** How long calls may be refused because of limits. */
    final Duration throttleLimit() {
        return results.throttleLimit();
    }

    final Catalog catalog(AthenaCalls calls) {
        return new Catalog(aws, calls, subject(), catalog, results.workGroup());
    }

    /** What writes the table, null if somebody else does. */
    @Nullable
    ArchiveWriter archive(AthenaTable cold) {
        return null;
    }

    /** How files are written, null if not by the library or like those of another job. */
    @Nullable
    TableStorage storage() {
        return null;
    }

    /** What the source takes over, null if nothing. */
    @Nullable
    AdoptedArchive foreignArchive(ArchiveWriter archive, AthenaTable cold, AthenaSession session, Catalog catalog) {
        return null;
    }

    /** The view for other users of Athena, null if there is none. */
    @Nullable
    ArchiveView view(AthenaTable cold, AthenaSession session, Catalog catalog) {
        return null;
    }
}
