package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.execution.RunnerOptions;
import io.github.tieredquery.athena.internal.result.ResultReader.ReadOptions;
import io.github.tieredquery.athena.internal.s3.BucketOptions;
import io.github.tieredquery.athena.internal.s3.S3Location;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.EncryptionOption;
import software.amazon.awssdk.services.athena.model.ResultConfiguration;
import software.amazon.awssdk.services.athena.model.S3AclOption;

/**
 * How statements are run in Athena, and how their results are read.
 *
 * <pre>{@code
 * AthenaResults.at("s3://results/flights/").workGroup("api").reruns(1)
 * }</pre>
 *
 * <p>Each method gives a changed copy. Immutable and thread-safe.
 */
public final class AthenaResults {

    /** An array of 4 MiB and its header would take five regions of a small G1 heap, this one takes four. */
    private static final int PART_BYTES = (4 << 20) - 64;

    private static final AthenaResults PRIMARY = new AthenaResults(
            null, null, false, 4, PART_BYTES, Duration.ofMillis(100), Duration.ofSeconds(3), Duration.ofMinutes(5), 2);

    private final @Nullable String outputLocation;
    private final @Nullable String workGroup;
    private final boolean byApi;
    private final int partsAhead;
    private final int partBytes;
    private final Duration firstPoll;
    private final Duration longestPoll;
    private final Duration throttleLimit;
    private final int reruns;

    private AthenaResults(
            @Nullable String outputLocation,
            @Nullable String workGroup,
            boolean byApi,
            int partsAhead,
            int partBytes,
            Duration firstPoll,
            Duration longestPoll,
            Duration throttleLimit,
            int reruns) {
        this.outputLocation = outputLocation;
        this.workGroup = workGroup;
        this.byApi = byApi;
        this.partsAhead = partsAhead;
        this.partBytes = partBytes;
        this.firstPoll = firstPoll;
        this.longestPoll = longestPoll;
        this.throttleLimit = throttleLimit;
        this.reruns = reruns;
    }

    /**
     * Results that Athena writes to a folder, by its workgroup {@code primary}.
     *
     * @param folder {@code s3://bucket/prefix/}, in the region of the query
     * @return the results
     * @throws IllegalArgumentException if it isn't such a folder
     */
    public static AthenaResults at(String folder) {
        return PRIMARY.withPlace(S3Location.folder(folder).toString(), null);
    }

    /**
     * Results that Athena writes where a workgroup says.
     *
     * @param group the workgroup
     * @return the results
     */
    public static AthenaResults ofWorkGroup(String group) {
        return PRIMARY.workGroup(group);
    }

    /** What counts where nothing is said: Athena's default workgroup {@code primary}, and the place that it says. */
    static AthenaResults ofPrimary() {
        return PRIMARY;
    }

    /**
     * The workgroup. Athena's default, {@code primary}, by default.
     *
     * @param group the workgroup; if it enforces its settings, those win over these, silently
     * @return the changed results
     */
    public AthenaResults workGroup(String group) {
        return withPlace(outputLocation, Objects.requireNonNull(group, "group"));
    }

    private AthenaResults withPlace(@Nullable String folder, @Nullable String group) {
        return new AthenaResults(
                folder, group, byApi, partsAhead, partBytes, firstPoll, longestPoll, throttleLimit, reruns);
    }

    /**
     * Reads results with GetQueryResults, a thousand rows a call. By default they are read from S3, and with
     * GetQueryResults, with a word in the log, where the workgroup keeps results to itself or S3 refuses to read them.
     *
     * @return the changed results
     */
    public AthenaResults byApi() {
        return new AthenaResults(
                outputLocation, workGroup, true, partsAhead, partBytes, firstPoll, longestPoll, throttleLimit, reruns);
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
     * @return the changed results
     * @throws IllegalArgumentException if it is less
     */
    public AthenaResults readAhead(int parts, int bytes) {
        if (parts < 1 || bytes < 64 << 10) {
            throw new IllegalArgumentException(
                    "read-ahead of " + parts + " parts of " + bytes + " bytes: it needs 1 part, and 65536 bytes");
        }
        return new AthenaResults(
                outputLocation, workGroup, byApi, parts, bytes, firstPoll, longestPoll, throttleLimit, reruns);
    }

    /**
     * How often a running statement is looked at. First after 100 ms, then less and less often, down to every 3 seconds
     * by default.
     *
     * @param first the first pause, more than zero
     * @param longest the longest pause, at least the first
     * @return the changed results
     * @throws IllegalArgumentException if it is less
     */
    public AthenaResults polling(Duration first, Duration longest) {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("polling after " + first + " and at last every " + longest
                    + ": the first pause is positive, the longest not shorter");
        }
        return new AthenaResults(
                outputLocation, workGroup, byApi, partsAhead, partBytes, first, longest, throttleLimit, reruns);
    }

    /**
     * How long a call waits in all while Athena refuses it because of its limits on rate and concurrency. 5 minutes by
     * default; then it fails with {@link io.github.tieredquery.error.ThrottledException}.
     *
     * @param limit zero or more
     * @return the changed results
     */
    public AthenaResults throttleLimit(Duration limit) {
        return new AthenaResults(
                outputLocation,
                workGroup,
                byApi,
                partsAhead,
                partBytes,
                firstPoll,
                longestPoll,
                Objects.requireNonNull(limit, "limit"),
                reruns);
    }

    /**
     * How often a statement is run again that failed for a reason that Athena calls retryable. Twice by default.
     *
     * @param times 0 or more
     * @return the changed results
     * @throws IllegalArgumentException if it is less
     */
    public AthenaResults reruns(int times) {
        if (times < 0) {
            throw new IllegalArgumentException("reruns is " + times + "; it is 0 or more");
        }
        return new AthenaResults(
                outputLocation, workGroup, byApi, partsAhead, partBytes, firstPoll, longestPoll, throttleLimit, times);
    }

    /** Null for Athena's default. */
    @Nullable
    String workGroup() {
        return workGroup;
    }

    /**
     * How statements are run.
     *
     * @param bucket how objects are written
     */
    RunnerOptions runnerOptions(String catalog, String database, BucketOptions bucket) {
        return new RunnerOptions(
                workGroup,
                catalog,
                database,
                resultConfiguration(bucket),
                firstPoll,
                longestPoll,
                throttleLimit,
                reruns);
    }

    /** What a statement's request says of its result; null if nothing, so that the workgroup decides. */
    private @Nullable ResultConfiguration resultConfiguration(BucketOptions bucket) {
        if (outputLocation == null && bucket.equals(BucketOptions.NONE)) {
            return null;
        }
        ResultConfiguration.Builder results =
                ResultConfiguration.builder().outputLocation(outputLocation).expectedBucketOwner(bucket.owner());
        if (bucket.encryption() != null) {
            results.encryptionConfiguration(encryption -> encryption
                    .encryptionOption(bucket.kmsKey() == null ? EncryptionOption.SSE_S3 : EncryptionOption.SSE_KMS)
                    .kmsKey(bucket.kmsKey()));
        }
        if (bucket.ownerFullControl()) {
            results.aclConfiguration(acl -> acl.s3AclOption(S3AclOption.BUCKET_OWNER_FULL_CONTROL));
        }
        return results.build();
    }

    /** How results are read from buckets. */
    ReadOptions readOptions(BucketOptions bucket) {
        return new ReadOptions(bucket.owner(), byApi, partBytes, partsAhead);
    }

    Duration throttleLimit() {
        return throttleLimit;
    }
}
