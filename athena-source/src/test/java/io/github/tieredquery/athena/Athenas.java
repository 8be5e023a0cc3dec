package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.archive.PlaceMark;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.table.Table;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.AthenaClientBuilder;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The Athena that tests talk to: one in this JVM, or with the profile {@code real-athena} the real one, which needs the
 * properties {@code athena.region}, {@code athena.database}, {@code athena.location} and {@code athena.outputLocation}.
 */
public final class Athenas implements AutoCloseable {

    private final @Nullable AthenaLocal local;
    private final AthenaClient athena;
    private final S3Client s3;
    private final AwsAccess aws;
    private final String database;
    private final String location;
    private final String outputLocation;
    private final AtomicLong started = new AtomicLong();

    private Athenas(
            @Nullable AthenaLocal local,
            AthenaClientBuilder athena,
            S3ClientBuilder s3,
            String database,
            String location,
            String outputLocation) {
        this.local = local;
        this.athena = athena.overrideConfiguration(options -> options.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .addExecutionInterceptor(new ExecutionInterceptor() {
                            @Override
                            public void beforeExecution(
                                    Context.BeforeExecution context, ExecutionAttributes attributes) {
                                if (context.request() instanceof StartQueryExecutionRequest) {
                                    started.incrementAndGet();
                                }
                            }
                        }))
                .build();
        this.s3 = s3.build();
        this.aws = AwsAccess.of(this.athena, this.s3);
        this.database = database;
        this.location = location;
        this.outputLocation = outputLocation;
    }

    /** The real one if its properties are set, else a new local one. */
    public static Athenas configured() {
        return System.getProperty("athena.region") == null ? local() : real();
    }

    /** A new local one. */
    public static Athenas local() {
        AthenaLocal local = AthenaLocal.start();
        return new Athenas(
                local,
                AthenaClient.builder()
                        .region(local.region())
                        .credentialsProvider(local.credentials())
                        .endpointOverride(local.athenaEndpoint()),
                S3Client.builder()
                        .region(local.region())
                        .credentialsProvider(local.credentials())
                        .endpointOverride(local.s3Endpoint())
                        .forcePathStyle(true),
                "default",
                "s3://" + local.bucket() + "/",
                local.outputLocation());
    }

    private static Athenas real() {
        Region region = Region.of(property("athena.region"));
        return new Athenas(
                null,
                AthenaClient.builder().region(region),
                S3Client.builder().region(region),
                property("athena.database"),
                S3Location.folder(property("athena.location")).toString(),
                property("athena.outputLocation"));
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new ConfigurationException("the real Athena needs the property " + name);
        }
        return value;
    }

    /** An access to a local one with its own keys. */
    public static AwsAccess.Builder access(AthenaLocal local) {
        return AwsAccess.builder()
                .region(local.region().id())
                .credentials(local.credentials())
                .athenaEndpoint(local.athenaEndpoint())
                .s3Endpoint(local.s3Endpoint())
                .stsEndpoint(local.stsEndpoint())
                .pathStyle();
    }

    /** What {@link #access(List)} needs in another process. */
    static List<String> addresses(AthenaLocal local) {
        AwsCredentials credentials = local.credentials().resolveCredentials();
        return List.of(
                local.athenaEndpoint().toString(),
                local.s3Endpoint().toString(),
                local.region().id(),
                credentials.accessKeyId(),
                credentials.secretAccessKey());
    }

    /** An access to a local one of another process, by its addresses. */
    static AwsAccess access(List<String> addresses) {
        return AwsAccess.builder()
                .athenaEndpoint(URI.create(addresses.get(0)))
                .s3Endpoint(URI.create(addresses.get(1)))
                .region(addresses.get(2))
                .credentials(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(addresses.get(3), addresses.get(4))))
                .pathStyle()
                .build();
    }

    public AwsAccess aws() {
        return aws;
    }

    /** How many statements the clients of {@link #aws} were to start. */
    public long started() {
        return started.get();
    }

    /** An archive's source: where its table, files and results are, and how often statements are looked at. */
    OwnArchiveBuilder source(Table table, String name) {
        return AthenaSource.archive(aws, table)
                .table(database, name)
                .location(location(name))
                .results(results());
    }

    /** What lies where {@link #source} writes, besides the archive's mark. */
    List<S3Object> objects(String name) {
        S3Location folder = S3Location.parse(location(name));
        return s3.listObjectsV2(request -> request.bucket(folder.bucket()).prefix(folder.key())).contents().stream()
                .filter(object -> !object.key().equals(folder.key() + PlaceMark.NAME))
                .toList();
    }

    /** Looks often at statements of the local one, which is soon done, and at those of the real one as by default. */
    public AthenaResults results() {
        AthenaResults results = AthenaResults.at(outputLocation);
        return local == null ? results : results.polling(Duration.ofMillis(5), Duration.ofMillis(10));
    }

    public AthenaLocal theLocalOne() {
        if (local == null) {
            throw new IllegalStateException("this is the real Athena");
        }
        return local;
    }

    public String database() {
        return database;
    }

    public String outputLocation() {
        return outputLocation;
    }

    /** A folder and table name that no other test uses. */
    public String freshName(String stem) {
        return stem + "_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    public String location(String name) {
        return location + name + "/";
    }

    @Override
    public void close() {
        aws.close();
        athena.close();
        s3.close();
        if (local != null) {
            local.close();
        }
    }
}
