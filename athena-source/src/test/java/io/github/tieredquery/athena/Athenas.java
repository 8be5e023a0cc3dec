package io.github.tieredquery.athena;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.ConfigurationException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The Athena that tests talk to: one in this JVM, or with the profile {@code real-athena} the real one, which needs the
 * properties {@code athena.region}, {@code athena.database}, {@code athena.location} and {@code athena.outputLocation}.
 */
public final class Athenas implements AutoCloseable {

    private final @Nullable AthenaLocal local;
    private final AwsAccess aws;
    private final String database;
    private final String location;
    private final String outputLocation;

    private Athenas(
            @Nullable AthenaLocal local, AwsAccess aws, String database, String location, String outputLocation) {
        this.local = local;
        this.aws = aws;
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
        AwsAccess aws = access(local).build();
        return new Athenas(local, aws, "default", "s3://" + local.bucket() + "/", local.outputLocation());
    }

    private static Athenas real() {
        String region = property("athena.region");
        return new Athenas(
                null,
                AwsAccess.builder().region(region).build(),
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

    public AwsAccess aws() {
        return aws;
    }

    public boolean isReal() {
        return local == null;
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
        if (local != null) {
            local.close();
        }
    }
}
