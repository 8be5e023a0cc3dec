package io.github.tieredquery.athenalocal;

import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.athenalocal.internal.catalog.Catalog;
import io.github.tieredquery.athenalocal.internal.duckdb.DuckDb;
import io.github.tieredquery.athenalocal.internal.duckdb.TableReader;
import io.github.tieredquery.athenalocal.internal.execution.Execution;
import io.github.tieredquery.athenalocal.internal.execution.Executions;
import io.github.tieredquery.athenalocal.internal.execution.HiveRunner;
import io.github.tieredquery.athenalocal.internal.execution.Plan;
import io.github.tieredquery.athenalocal.internal.execution.StatementRunner;
import io.github.tieredquery.athenalocal.internal.http.AthenaApi;
import io.github.tieredquery.athenalocal.internal.http.AthenaServlet;
import io.github.tieredquery.athenalocal.internal.s3.Endpoint;
import io.github.tieredquery.athenalocal.internal.s3.Identities;
import io.github.tieredquery.athenalocal.internal.s3.Identity;
import io.github.tieredquery.athenalocal.internal.s3.S3Server;
import io.github.tieredquery.athenalocal.internal.s3.StsServlet;
import io.github.tieredquery.athenalocal.internal.type.MalformedQueryException;
import io.github.tieredquery.athenalocal.internal.type.Tally;
import io.github.tieredquery.athenalocal.internal.type.WorkGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * An Athena that runs in the JVM, with the S3 that it reads and the STS that lets roles in.
 *
 * <pre>{@code
 * try (AthenaLocal athena = AthenaLocal.start()) {
 *     athena.run("CREATE EXTERNAL TABLE t (a string) LOCATION 's3://" + athena.bucket() + "/t/'");
 *     athena.athenaClient().startQueryExecution(…);
 * }
 * }</pre>
 *
 * <p>Thread-safe. Whoever starts it closes it; closing cancels what still runs, closes the clients that it gave out,
 * stops the servers and removes their files.
 */
public final class AthenaLocal implements AutoCloseable {
    private static final String ACCOUNT = "123456789012";

    private final Path directory;
    private final Region region;
    private final Identities identities = new Identities();
    private final Faults faults = new Faults();
    private final Tally tally = new Tally();
    private final String bucket;
    private final String resultsBucket;
    private final AwsCredentialsProvider credentials;
    private final S3Server s3;
    private final Endpoint athenaEndpoint;
    private final Endpoint stsEndpoint;
    private final DuckDb duck;
    private final Executions executions;
    private final SdkHttpClient http;
    private final AthenaClient athenaClient;
    private final S3Client s3Client;
    private final StsClient stsClient;
    private long scannedAtReset;

    private AthenaLocal(Builder builder) {
        try {
            directory = Files.createTempDirectory("athena-local");
            Files.createDirectories(directory.resolve("s3"));
            Files.createDirectories(directory.resolve("work"));
        } catch (IOException failure) {
            throw new UncheckedIOException("No temporary directory could be created.", failure);
        }
        region = builder.region;
        bucket = builder.bucket;
        resultsBucket = builder.resultsBucket;
        Identity user = identities.createLongLived("arn:aws:iam::" + ACCOUNT + ":user/athena-local");
        credentials = provider(user);
        http = ApacheHttpClient.builder().maxConnections(64).build();
        s3 = new S3Server(directory.resolve("s3"), builder.s3Port, identities, user, tally, faults);
        s3.start();
        Catalog catalog = new Catalog();
        Path work = directory.resolve("work");
        duck = new DuckDb(work, builder.memoryLimitBytes, builder.threads);
        StatementRunner runner =
                new StatementRunner(catalog, duck, new TableReader(s3, work), new HiveRunner(catalog, s3), s3, work);
        executions = new Executions(runner, faults, builder.maxActiveQueries, builder.maxRunningQueries);
        List<WorkGroup> workGroups = new ArrayList<>(builder.workGroups);
        workGroups.add(new WorkGroup("primary", null, false, false));
        AthenaApi api = new AthenaApi(executions, catalog, workGroups, s3::bucketExists);
        athenaEndpoint =
                new Endpoint("athena-local", builder.athenaPort, new AthenaServlet(api, identities, tally, faults));
        athenaEndpoint.start();
        stsEndpoint = new Endpoint(
                "athena-local-sts",
                builder.stsPort,
                new StsServlet(identities, tally, faults, builder.roles, builder.sessionExpiry));
        stsEndpoint.start();
        s3.createBucket(bucket);
        s3.createBucket(resultsBucket);
        athenaClient = AthenaClient.builder()
                .endpointOverride(athenaEndpoint())
                .region(region)
                .credentialsProvider(credentials)
                .httpClient(http)
                .build();
        s3Client = s3Client(credentials);
        stsClient = StsClient.builder()
                .endpointOverride(stsEndpoint())
                .region(region)
                .credentialsProvider(credentials)
                .httpClient(http)
                .build();
    }

    /** Starts one with every default. */
    public static AthenaLocal start() {
        return builder().start();
    }

    /** Begins a configuration. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where Athena answers; for {@code endpointOverride}. */
    public URI athenaEndpoint() {
        return athenaEndpoint.uri();
    }

    /** Where S3 answers, path-style; for {@code endpointOverride} with {@code forcePathStyle(true)}. */
    public URI s3Endpoint() {
        return s3.endpoint();
    }

    /** Where STS answers; for {@code endpointOverride}. */
    public URI stsEndpoint() {
        return stsEndpoint.uri();
    }

    /** The bucket for tables; it exists from the start. */
    public String bucket() {
        return bucket;
    }

    /** The bucket for results; it exists from the start. */
    public String resultsBucket() {
        return resultsBucket;
    }

    /** An {@code s3://} address for results, with a slash at its end. */
    public String outputLocation() {
        return "s3://" + resultsBucket + "/";
    }

    /** The region that clients sign for. */
    public Region region() {
        return region;
    }

    /** Long-lived keys that every endpoint accepts. */
    public AwsCredentialsProvider credentials() {
        return credentials;
    }

    /** A client of Athena; closed with this. */
    public AthenaClient athenaClient() {
        return athenaClient;
    }

    /** A client of S3; closed with this. */
    public S3Client s3Client() {
        return s3Client;
    }

    /** A client of STS; closed with this. */
    public StsClient stsClient() {
        return stsClient;
    }

    /** What shall go wrong. */
    public Faults faults() {
        return faults;
    }

    /** What clients have asked so far. */
    public synchronized Counters counters() {
        return tally.snapshot(
                s3.openMultipartUploads(), executions.active(), executions.scannedBytes() - scannedAtReset);
    }

    /** Lets the counters begin at zero again. */
    public synchronized void resetCounters() {
        tally.reset();
        scannedAtReset = executions.scannedBytes();
    }

    /**
     * Creates another bucket; returns its name.
     *
     * @throws IllegalArgumentException if S3 wouldn't take the name
     */
    public String createBucket(String name) {
        s3.createBucket(name);
        return name;
    }

    /**
     * Runs a statement to its end, uncounted, with results in {@link #outputLocation()} and the database
     * {@code default}; returns the id of its execution.
     *
     * @throws IllegalStateException if it's refused, fails or is cancelled
     */
    public String run(String sql) {
        Plan plan;
        try {
            plan = Plan.of(sql, List.of());
        } catch (MalformedQueryException malformed) {
            throw new IllegalStateException("Athena refuses the statement: " + malformed.getMessage(), malformed);
        }
        String token = UUID.randomUUID().toString();
        String id = executions.start(
                token,
                new Executions.Request(sql, null, null, outputLocation()),
                plan,
                new WorkGroup("primary", null, false, false),
                outputLocation());
        Execution execution = executions.find(id);
        if (execution == null) {
            throw new IllegalStateException("The execution " + id + " is gone.");
        }
        try {
            execution.awaitFinished();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the statement ran.", interrupted);
        }
        Execution.Progress progress = execution.progress();
        if (progress.state() != QueryExecutionState.SUCCEEDED) {
            throw new IllegalStateException("The statement is " + progress.state() + ": " + progress.reason());
        }
        return id;
    }

    @Override
    public void close() {
        faults.clear();
        athenaEndpoint.close();
        stsEndpoint.close();
        executions.close();
        athenaClient.close();
        s3Client.close();
        stsClient.close();
        http.close();
        s3.close();
        duck.close();
        delete(directory);
    }

    private static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("The directory " + directory + " couldn't be removed.", failure);
        }
    }

    private S3Client s3Client(AwsCredentialsProvider provider) {
        return S3Client.builder()
                .endpointOverride(s3Endpoint())
                .forcePathStyle(true)
                .region(region)
                .credentialsProvider(provider)
                .httpClient(http)
                .build();
    }

    private static AwsCredentialsProvider provider(Identity identity) {
        return StaticCredentialsProvider.create(
                AwsBasicCredentials.create(identity.accessKeyId(), identity.secretAccessKey()));
    }

    /** Options of an {@link AthenaLocal}. Not thread-safe. */
    public static final class Builder {
        private Region region = Region.EU_WEST_1;
        private String bucket = "athena-local-data";
        private String resultsBucket = "athena-local-results";
        private long memoryLimitBytes = 512L * 1024 * 1024;
        private int threads = 2;
        private int maxRunningQueries = 4;
        private int maxActiveQueries = Integer.MAX_VALUE;
        private int athenaPort;
        private int s3Port;
        private int stsPort;
        private @Nullable Duration sessionExpiry;
        private final List<WorkGroup> workGroups = new ArrayList<>();
        private final List<StsServlet.Role> roles = new ArrayList<>();

        private Builder() {}

        /** The region; eu-west-1 by default. */
        public Builder region(Region value) {
            region = value;
            return this;
        }

        /** The bucket for tables; {@code athena-local-data} by default. */
        public Builder bucket(String name) {
            bucket = name;
            return this;
        }

        /** The bucket for results; {@code athena-local-results} by default. */
        public Builder resultsBucket(String name) {
            resultsBucket = name;
            return this;
        }

        /** How much memory DuckDB may take outside the Java heap, in bytes; 512 MiB by default; more is spilled. */
        public Builder memoryLimitBytes(long bytes) {
            memoryLimitBytes = bytes;
            return this;
        }

        /** How many threads DuckDB uses; 2 by default. */
        public Builder threads(int count) {
            threads = count;
            return this;
        }

        /** How many queries run at once; the others are queued. 4 by default. */
        public Builder maxRunningQueries(int count) {
            maxRunningQueries = count;
            return this;
        }

        /**
         * How many queries may be queued or running; one more is refused with TooManyRequestsException. No limit by
         * default.
         */
        public Builder maxActiveQueries(int count) {
            maxActiveQueries = count;
            return this;
        }

        /** The port of Athena; any free one by default. */
        public Builder athenaPort(int port) {
            athenaPort = port;
            return this;
        }

        /** The port of S3; any free one by default. */
        public Builder s3Port(int port) {
            s3Port = port;
            return this;
        }

        /** The port of STS; any free one by default. */
        public Builder stsPort(int port) {
            stsPort = port;
            return this;
        }

        /** Adds a workgroup whose location is used when a client gives none; {@code primary} has none. */
        public Builder workGroup(String name, String outputLocation) {
            workGroups.add(new WorkGroup(name, outputLocation, false, false));
            return this;
        }

        /** Adds a workgroup whose location silently replaces the client's. */
        public Builder enforcedWorkGroup(String name, String outputLocation) {
            workGroups.add(new WorkGroup(name, outputLocation, true, false));
            return this;
        }

        /**
         * Adds a workgroup whose results Athena keeps itself: they have no location, and GetQueryResults reads them.
         */
        public Builder managedWorkGroup(String name) {
            workGroups.add(new WorkGroup(name, null, true, true));
            return this;
        }

        /** Adds a role that anybody may assume; there's none by default. */
        public Builder role(String arn) {
            roles.add(new StsServlet.Role(arn, null));
            return this;
        }

        /** Adds a role that can be assumed by whoever knows the external id. */
        public Builder role(String arn, String externalId) {
            roles.add(new StsServlet.Role(arn, externalId));
            return this;
        }

        /** How long assumed credentials last, whatever the client asks; what the client asks by default. */
        public Builder sessionExpiry(Duration duration) {
            sessionExpiry = duration;
            return this;
        }

        /** Starts the servers. */
        public AthenaLocal start() {
            return new AthenaLocal(this);
        }
    }
}
