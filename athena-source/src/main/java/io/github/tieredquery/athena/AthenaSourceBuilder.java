package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.format.ColdFormat;
import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.format.PartitionRegistration;
import io.github.tieredquery.athena.internal.catalog.SchemaCheck;
import io.github.tieredquery.athena.internal.codec.PartitionCodec;
import io.github.tieredquery.athena.internal.execution.Pauses;
import io.github.tieredquery.athena.internal.execution.ScanPrice;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** Builds an {@link AthenaSource}. Not thread-safe. */
public final class AthenaSourceBuilder {

    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,255}");

    final AwsAccess aws;
    final Table table;
    final Map<String, String> physicalNames = new LinkedHashMap<>();
    final Map<String, ColdEncoding> encodings = new LinkedHashMap<>();
    final Map<String, String> partitionTypes = new LinkedHashMap<>();

    @Nullable
    String database;

    @Nullable
    String name;

    @Nullable
    HivePartitionLayout layout;

    @Nullable
    S3Location location;

    @Nullable
    String outputLocation;

    ColdFormat form = ColdFormat.CSV;

    @Nullable
    FileFormat fileFormat;

    PartitionRegistration registration = PartitionRegistration.ADD_PARTITION;
    final Map<String, List<String>> projectedValues = new LinkedHashMap<>();
    int firstProjectedYear = 2000;
    int lastProjectedYear = 2099;
    Path workDirectory = Path.of(System.getProperty("java.io.tmpdir"));
    boolean existing;

    @Nullable
    String adoptedDatabase;

    @Nullable
    String adoptedName;

    boolean createIfMissing;

    @Nullable
    String view;

    boolean unchecked;
    boolean pagesOnly;

    @Nullable
    String bucketOwner;

    boolean encryptedByS3;

    @Nullable
    String kmsKey;

    boolean ownerFullControl;
    Duration firstPoll = Duration.ofMillis(100);
    Duration longestPoll = Duration.ofSeconds(3);
    Duration throttleLimit = Duration.ofMinutes(5);
    int reruns = 2;
    /** An array of 4 MiB and its header would take five regions of a small G1 heap, this one takes four. */
    int partBytes = (4 << 20) - 64;

    int partsAhead = 4;
    String catalog = "AwsDataCatalog";

    @Nullable
    String workGroup;

    ScanPrice price = new ScanPrice(BigDecimal.valueOf(5), 10);

    AthenaSourceBuilder(AwsAccess aws, Table table) {
        this.aws = Objects.requireNonNull(aws, "aws");
        this.table = Objects.requireNonNull(table, "table");
    }

    /**
     * The table in Athena. Required.
     *
     * @param databaseName the database, in lower case
     * @param tableName the table, in lower case
     * @return this builder
     */
    public AthenaSourceBuilder table(String databaseName, String tableName) {
        database = checked("database", databaseName);
        name = checked("table", tableName);
        return this;
    }

    /**
     * The catalog that the database is in. {@code AwsDataCatalog} by default.
     *
     * @param catalogName the catalog
     * @return this builder
     */
    public AthenaSourceBuilder catalog(String catalogName) {
        catalog = Objects.requireNonNull(catalogName);
        return this;
    }

    /**
     * How rows are spread over partitions. Required.
     *
     * @param partitions the layout
     * @return this builder
     */
    public AthenaSourceBuilder layout(HivePartitionLayout partitions) {
        layout = Objects.requireNonNull(partitions);
        return this;
    }

    /**
     * Where the table's files are. Required but for {@link #existing} tables.
     *
     * @param folder {@code s3://bucket/prefix/}
     * @return this builder
     */
    public AthenaSourceBuilder location(String folder) {
        location = S3Location.folder(folder);
        return this;
    }

    /**
     * The form of the table's files. {@link ColdFormat#CSV} by default; that of the other table if it is
     * {@link #adopting} one.
     *
     * @param format the form
     * @return this builder
     */
    public AthenaSourceBuilder format(ColdFormat format) {
        form = Objects.requireNonNull(format);
        return this;
    }

    /**
     * What writes the table's files. By default CSV, or for another {@link #format(ColdFormat)} the first that
     * {@link java.util.ServiceLoader} finds; reading needs none.
     *
     * @param format the format
     * @return this builder
     */
    public AthenaSourceBuilder format(FileFormat format) {
        fileFormat = Objects.requireNonNull(format);
        form = format.form();
        return this;
    }

    /**
     * How Athena gets to know of new partitions. {@link PartitionRegistration#ADD_PARTITION} by default.
     *
     * @param mode the way
     * @return this builder
     */
    public AthenaSourceBuilder registration(PartitionRegistration mode) {
        registration = Objects.requireNonNull(mode);
        return this;
    }

    /**
     * The years that {@link PartitionRegistration#PROJECTION} covers. 2000 to 2099 by default; rows of other years
     * aren't found.
     *
     * @param first the first year, inclusive
     * @param last the last year, inclusive
     * @return this builder
     */
    public AthenaSourceBuilder projectedYears(int first, int last) {
        if (first < 0 || last > 9999 || last < first) {
            throw new IllegalArgumentException(
                    "the projected years are " + first + " to " + last + "; they are 0 to 9999");
        }
        firstProjectedYear = first;
        lastProjectedYear = last;
        return this;
    }

    /**
     * The values of a partition column that {@link PartitionRegistration#PROJECTION} covers; rows with others aren't
     * found. A column without values here is injected: Athena then refuses queries that don't say its value.
     *
     * @param column a filter column of the layout
     * @param values its values as texts, a few dozen at most
     * @return this builder
     */
    public AthenaSourceBuilder projectedValues(String column, List<String> values) {
        if (values.isEmpty() || values.stream().anyMatch(each -> each.contains(","))) {
            throw new IllegalArgumentException("the projected values of '" + column + "' are " + values
                    + "; there is at least one, and none has a comma");
        }
        projectedValues.put(column, List.copyOf(values));
        return this;
    }

    /**
     * Where files are written before they go to S3. The system's temporary directory by default.
     *
     * @param directory a directory with room for one file of the archive for each archiver
     * @return this builder
     */
    public AthenaSourceBuilder workDirectory(Path directory) {
        workDirectory = Objects.requireNonNull(directory);
        return this;
    }

    /**
     * Says that somebody else fills the table: it is only read, its columns are of Athena's own types unless
     * {@link #column} says otherwise, and its layout has no version. Its partition columns may be text or, where the
     * catalog says so, integers and dates.
     *
     * <p>{@link #build} looks whether a partition is registered that the layout doesn't write, such as {@code month=1}
     * where it writes {@code month=01}, and refuses it by name: rows in it would be found by some queries and missed by
     * others. That is one query of the table's partitions list, which reads the catalog and no file; where partitions
     * are projected, the table's properties are looked at. {@link HivePartitionLayout#unpadded} and
     * {@link HivePartitionLayout#dateColumn(String)} describe other forms, {@link HivePartitionLayout#rowsLateBy} rows
     * in later partitions than their times'.
     *
     * @return this builder
     */
    public AthenaSourceBuilder existing() {
        existing = true;
        return this;
    }

    /**
     * The type of a partition column of an {@link #existing} table. As the catalog says by default; needed only
     * {@link #withoutSchemaCheck}, where it is {@code string} by default.
     *
     * @param partitionColumn its name in Athena
     * @param type {@code string}, {@code int}, {@code bigint}, {@code date} and so on, as in DDL
     * @return this builder
     */
    public AthenaSourceBuilder partitionType(String partitionColumn, String type) {
        String declared = type.toLowerCase(Locale.ROOT).replace(" ", "");
        if (!PartitionCodec.isText(declared)) {
            partitionTypes.put(checked("column", partitionColumn), declared);
        }
        return this;
    }

    /**
     * Says that this table takes over the archive that another job has filled in another table, with
     * {@link io.github.tieredquery.archive.Archiver#adopt}. It has that table's SerDe and columns, and from then on the
     * archiver writes files like those that are there: columns are of Athena's own types unless {@link #column} says
     * otherwise, {@link #format} counts for nothing, and a value that the files can't hold is refused. The location is
     * a new one, apart from the other table's.
     *
     * <p>Say it from then on wherever the source is built. The other table is looked at only when this one is made and
     * when the archive is taken over; it stays as it is, and can be dropped afterwards if its files stay.
     *
     * @param databaseName the other table's database, in lower case
     * @param tableName the other table, in lower case
     * @return this builder
     */
    public AthenaSourceBuilder adopting(String databaseName, String tableName) {
        adoptedDatabase = checked("database", databaseName);
        adoptedName = checked("table", tableName);
        return this;
    }

    /**
     * Keeps a view in the table's database for others who query the archive by themselves. No view by default.
     *
     * <p>It shows the archived rows that count, with the columns of the {@link Table} under their names in Athena and
     * in Athena's own types, then the partition columns of the layout, and as {@code tq_live_version} the version.
     * Times that stand as texts of a {@link ColdEncoding#pattern} stay texts. Rows that are still in the hot store
     * aren't in it, and what came late or was erased only shows after the sweep.
     *
     * <p>The archiver replaces it at the end of each run, so it is as the archive was at the end of the last one; where
     * the source has nothing to do with an archiver, this does nothing. A table of that name, or a view that the
     * library hasn't made, is refused when the archiver starts, and left alone.
     *
     * @param viewName the view, in lower case; not the table's name
     * @return this builder
     */
    public AthenaSourceBuilder view(String viewName) {
        view = checked("view", viewName);
        return this;
    }

    /**
     * Maps a column to another name. Columns have the same name in Athena by default.
     *
     * @param column the logical column
     * @param coldName its name in Athena, in lower case
     * @return this builder
     */
    public AthenaSourceBuilder column(String column, String coldName) {
        table.column(column);
        physicalNames.put(column, checked("column", coldName));
        return this;
    }

    /**
     * Maps a column of an {@link #existing} table, or of one that takes one over, to another name and encoding.
     *
     * @param column the logical column
     * @param coldName its name in Athena, in lower case
     * @param encoding how its values stand there
     * @return this builder
     */
    public AthenaSourceBuilder column(String column, String coldName, ColdEncoding encoding) {
        column(column, coldName);
        encodings.put(column, Objects.requireNonNull(encoding));
        return this;
    }

    /**
     * The workgroup. Athena's default, {@code primary}, by default.
     *
     * @param group the workgroup; if it enforces its settings, those win over this source's, silently
     * @return this builder
     */
    public AthenaSourceBuilder workGroup(String group) {
        workGroup = Objects.requireNonNull(group);
        return this;
    }

    /**
     * Where Athena writes results. By default where the workgroup says.
     *
     * @param folder {@code s3://bucket/prefix/}, in the region of the query
     * @return this builder
     */
    public AthenaSourceBuilder outputLocation(String folder) {
        outputLocation = S3Location.folder(folder).toString();
        return this;
    }

    /**
     * Has results and archive files encrypted with keys of S3. By default as the buckets say.
     *
     * @return this builder
     */
    public AthenaSourceBuilder encryptedByS3() {
        encryptedByS3 = true;
        kmsKey = null;
        return this;
    }

    /**
     * Has results and archive files encrypted with a key of KMS. By default as the buckets say.
     *
     * @param keyArn the key's ARN or id
     * @return this builder
     */
    public AthenaSourceBuilder encryptedByKms(String keyArn) {
        kmsKey = Objects.requireNonNull(keyArn);
        encryptedByS3 = false;
        return this;
    }

    /**
     * The account that must own the buckets; calls fail if another does. Any by default.
     *
     * @param accountId 12 digits
     * @return this builder
     */
    public AthenaSourceBuilder expectedBucketOwner(String accountId) {
        if (!accountId.matches("\\d{12}")) {
            throw new IllegalArgumentException("the account id '" + accountId + "' isn't 12 digits");
        }
        bucketOwner = accountId;
        return this;
    }

    /**
     * Gives the owner of the bucket full control of what is written, for buckets of other accounts that use ACLs. No
     * ACL by default.
     *
     * @return this builder
     */
    public AthenaSourceBuilder bucketOwnerFullControl() {
        ownerFullControl = true;
        return this;
    }

    /**
     * Reads results with GetQueryResults, a thousand rows a call, and not from S3. That also happens, with a word in
     * the log, where the workgroup keeps results to itself and where S3 refuses to read them.
     *
     * @return this builder
     */
    public AthenaSourceBuilder resultsByApi() {
        pagesOnly = true;
        return this;
    }

    /**
     * How much of a big result is read ahead, for each open cursor. 4 parts of 64 bytes less than 4 MiB by default; a
     * result that is smaller than a part is one request.
     *
     * <p>The first part, as long as one of those ahead, comes as its rows are asked for: a reader that pauses in it
     * holds one connection of the S3 client until it goes on or closes, and if S3 ends that connection, reading goes on
     * at its byte over a new one. Later parts are read into memory at once, however slow the reader is. Where more
     * readers may pause at a time than the client has connections ({@link AwsAccess.Builder#maxConnections}), others
     * fail for want of one: allow more, or smaller parts.
     *
     * @param parts how many requests run ahead, 1 or more
     * @param bytes how much each reads, at least 64 KiB
     * @return this builder
     */
    public AthenaSourceBuilder readAhead(int parts, int bytes) {
        if (parts < 1 || bytes < 64 << 10) {
            throw new IllegalArgumentException(
                    "read-ahead of " + parts + " parts of " + bytes + " bytes: it needs 1 part, and 65536 bytes");
        }
        partsAhead = parts;
        partBytes = bytes;
        return this;
    }

    /**
     * How often a running statement is looked at. First after 100 ms, then less and less often, down to every 3 seconds
     * by default.
     *
     * @param first the first pause
     * @param longest the longest pause
     * @return this builder
     */
    public AthenaSourceBuilder polling(Duration first, Duration longest) {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("polling after " + first + " and at last every " + longest
                    + ": the first pause is positive, the longest not shorter");
        }
        firstPoll = first;
        longestPoll = longest;
        return this;
    }

    /**
     * How long a call waits in all while Athena refuses it because of its limits on rate and concurrency. 5 minutes by
     * default; then it fails with {@link io.github.tieredquery.error.ThrottledException}.
     *
     * @param limit zero or more
     * @return this builder
     */
    public AthenaSourceBuilder throttleLimit(Duration limit) {
        throttleLimit = Objects.requireNonNull(limit);
        return this;
    }

    /**
     * How often a statement is run again that failed for a reason that Athena calls retryable. Twice by default.
     *
     * @param times 0 or more
     * @return this builder
     */
    public AthenaSourceBuilder reruns(int times) {
        if (times < 0) {
            throw new IllegalArgumentException("reruns is " + times + "; it is 0 or more");
        }
        reruns = times;
        return this;
    }

    /**
     * What Athena charges. 5 US dollars for a terabyte and at least 10 megabytes a query by default.
     *
     * @param dollarsPerTerabyte US dollars for 10^12 bytes scanned
     * @param minimumMegabytes what a query is charged for at least
     * @return this builder
     */
    public AthenaSourceBuilder price(BigDecimal dollarsPerTerabyte, long minimumMegabytes) {
        price = new ScanPrice(dollarsPerTerabyte, minimumMegabytes);
        return this;
    }

    /**
     * Makes the table in Athena when the source is built, if there is none, and adds the nullable columns that were
     * appended to the {@link Table} since. By default a missing table is refused, and so is one without a column.
     *
     * @return this builder
     */
    public AthenaSourceBuilder createTableIfMissing() {
        createIfMissing = true;
        return this;
    }

    /**
     * Leaves out the comparison with the table in Athena, which is one call of GetTableMetadata when the source is
     * built, and the look at the partitions of an {@link #existing} one.
     *
     * @return this builder
     */
    public AthenaSourceBuilder withoutSchemaCheck() {
        unchecked = true;
        return this;
    }

    /**
     * Builds the source, and compares it with the table in Athena.
     *
     * @return the source; the caller closes it
     * @throws ConfigurationException if something required is missing, a column can't stand in the format exactly, or
     *     the table in Athena differs
     */
    public AthenaSource build() {
        return build(Pauses.real());
    }

    AthenaSource build(Pauses pauses) {
        AthenaSource source = new AthenaSource(new SourceAssembly(this), pauses);
        boolean built = false;
        try {
            boolean made = createIfMissing
                    && !existing
                    && !(unchecked && source.archiveTable().exists());
            if (made) {
                source.prepare(ScanControl.unlimited());
            } else if (!unchecked) {
                TableMetadata found = source.archiveTable().find();
                Map<String, String> types =
                        existing && found != null ? SchemaCheck.partitionTypes(found) : partitionTypes;
                if (!types.equals(partitionTypes)) {
                    source.close();
                    source = new AthenaSource(new SourceAssembly(this, types), pauses);
                }
                source.archiveTable().check(found);
                if (existing && found != null) {
                    source.lookAtPartitions(found, ScanControl.unlimited());
                }
            }
            built = true;
            return source;
        } finally {
            if (!built) {
                source.close();
            }
        }
    }

    private static String checked(String what, String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the " + what + " '" + text + "' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
        }
        return text;
    }
}
