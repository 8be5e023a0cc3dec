package io.github.tieredquery.athena.aws;

import io.github.tieredquery.athena.internal.aws.TimedAthena;
import io.github.tieredquery.athena.internal.aws.TimedS3;
import io.github.tieredquery.spi.ScanControl;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.AthenaClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;

/**
 * The clients of one account and region, also of another account's through a role. Give it to the sources, which don't
 * close it.
 *
 * <pre>{@code
 * AwsAccess aws = AwsAccess.builder()
 *         .region("eu-west-1")
 *         .assumeRole("arn:aws:iam::123456789012:role/archive-reader")
 *         .externalId("x1")
 *         .sessionName("flights")
 *         .build();
 * }</pre>
 *
 * <p>A role's credentials are renewed before they expire. Thread-safe. Whoever builds it closes it, after the sources;
 * closing it closes the clients that it made, and nothing that it was given.
 */
public final class AwsAccess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AwsAccess.class);

    private final String region;
    private final AthenaClient athena;
    private final S3Client s3;
    private final AwsCredentialsProvider credentials;
    private final @Nullable URI s3Endpoint;
    private final boolean pathStyle;
    private final @Nullable RoleCredentials role;
    private final List<AutoCloseable> owned;

    private AwsAccess(
            String region,
            AthenaClient athena,
            S3Client s3,
            AwsCredentialsProvider credentials,
            @Nullable URI s3Endpoint,
            boolean pathStyle,
            @Nullable RoleCredentials role,
            List<AutoCloseable> owned) {
        this.region = region;
        this.athena = athena;
        this.s3 = s3;
        this.credentials = credentials;
        this.s3Endpoint = s3Endpoint;
        this.pathStyle = pathStyle;
        this.role = role;
        this.owned = owned;
    }

    /**
     * Starts with the SDK's default region and credentials.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Uses clients that are there already. They stay the caller's to close.
     *
     * <p>The library retries Athena's calls itself, for longer than the SDK does; clients without retries of their own
     * let a cancelled query stop sooner.
     *
     * @param athena the Athena client
     * @param s3 the S3 client, for the region of the result and archive buckets
     * @return the access
     */
    public static AwsAccess of(AthenaClient athena, S3Client s3) {
        software.amazon.awssdk.awscore.AwsServiceClientConfiguration configuration = s3.serviceClientConfiguration();
        if (!(configuration.credentialsProvider() instanceof AwsCredentialsProvider provider)) {
            throw new IllegalArgumentException("the S3 client's credentials provider isn't an AwsCredentialsProvider");
        }
        return new AwsAccess(
                configuration.region().id(),
                athena,
                s3,
                provider,
                configuration.endpointOverride().orElse(null),
                namesBucketsInPaths(s3),
                null,
                List.of());
    }

    /** No client tells how it is configured, but its URLs do. Makes no call. */
    private static boolean namesBucketsInPaths(S3Client s3) {
        try {
            URL url = s3.utilities().getUrl(request -> request.bucket("bucket").key("key"));
            return url.getPath().endsWith("/bucket/key");
        } catch (UnsupportedOperationException e) {
            LOG.debug("the S3 client shows no URLs: taken as one that names buckets in host names", e);
            return false;
        }
    }

    /**
     * The Athena client.
     *
     * @return the client; don't close it
     */
    public AthenaClient athena() {
        return athena;
    }

    /**
     * The S3 client.
     *
     * @return the client; don't close it
     */
    public S3Client s3() {
        return s3;
    }

    /**
     * The credentials that the clients use, renewed where they expire.
     *
     * @return the provider; don't close it
     */
    public AwsCredentialsProvider credentials() {
        return credentials;
    }

    /**
     * The region of the clients.
     *
     * @return for example {@code eu-west-1}
     */
    public String region() {
        return region;
    }

    /**
     * Where S3 is, if not where the region says.
     *
     * @return the endpoint that was given
     */
    public Optional<URI> s3Endpoint() {
        return Optional.ofNullable(s3Endpoint);
    }

    /**
     * Whether buckets are named in paths and not in host names.
     *
     * @return whether {@link Builder#pathStyle} was called, or the given S3 client does so
     */
    public boolean isPathStyle() {
        return pathStyle;
    }

    /**
     * Credentials for what has to stay valid for a while, such as a link. Where they are a role's and end earlier, a
     * new session is begun, at most once a minute.
     *
     * @param wished until when they should be valid; a session may end earlier
     * @return the credentials; their own end is {@code expirationTime()}, if they know it
     * @throws software.amazon.awssdk.core.exception.SdkException if they can't be had
     */
    public AwsCredentials credentialsUntil(Instant wished) {
        return role == null ? credentials.resolveCredentials() : role.resolveUntil(wished);
    }

    /**
     * Makes the next call take new credentials from the role, since a service says that these have expired; at most
     * once a second, so that calls that are refused together take one new session. Does nothing where there is no role.
     */
    public void renewCredentials() {
        if (role != null) {
            role.renew();
        }
    }

    /** S3 for a query: its requests end with it. */
    public S3Client s3(ScanControl control) {
        return new TimedS3(s3, control);
    }

    /** Athena for a query: its requests end with it. */
    public AthenaClient athena(ScanControl control) {
        return new TimedAthena(athena, control);
    }

    @Override
    public void close() {
        close(owned);
    }

    private static void close(List<AutoCloseable> closeables) {
        for (AutoCloseable each : closeables) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.warn("closing {} failed", each.getClass().getSimpleName(), e);
            }
        }
    }

    /** Builds an {@link AwsAccess}. Not thread-safe. */
    public static final class Builder {

        private @Nullable String region;
        private @Nullable String roleArn;
        private @Nullable String externalId;
        private String sessionName = "tieredquery";
        private @Nullable Duration sessionDuration;
        private @Nullable URI athenaEndpoint;
        private @Nullable URI s3Endpoint;
        private @Nullable URI stsEndpoint;
        private boolean pathStyle;
        private @Nullable AwsCredentialsProvider credentials;
        private @Nullable SdkHttpClient httpClient;
        private int maxConnections = 64;
        private Duration connectionTimeout = Duration.ofSeconds(5);
        private Duration socketTimeout = Duration.ofSeconds(50);

        private Builder() {}

        /**
         * The region of Athena and of the buckets. The SDK's default region chain by default.
         *
         * @param name for example {@code eu-west-1}
         * @return this builder
         */
        public Builder region(String name) {
            region = Objects.requireNonNull(name);
            return this;
        }

        /**
         * Takes on a role, for example one of another account. None by default.
         *
         * @param arn the role's ARN
         * @return this builder
         */
        public Builder assumeRole(String arn) {
            roleArn = Objects.requireNonNull(arn);
            return this;
        }

        /**
         * The external id that the role's trust policy asks for. None by default.
         *
         * @param id 2 to 1224 characters
         * @return this builder
         */
        public Builder externalId(String id) {
            externalId = Objects.requireNonNull(id);
            return this;
        }

        /**
         * The name under which the role's calls stand in logs. {@code tieredquery} by default.
         *
         * @param name 2 to 64 letters, digits and {@code _+=,.@-}
         * @return this builder
         */
        public Builder sessionName(String name) {
            sessionName = Objects.requireNonNull(name);
            return this;
        }

        /**
         * For how long each of the role's credentials is valid. One hour by default, which is also the most for a role
         * taken on from a role.
         *
         * @param duration 15 minutes to 12 hours, at most the role's own maximum
         * @return this builder
         */
        public Builder sessionDuration(Duration duration) {
            sessionDuration = Objects.requireNonNull(duration);
            return this;
        }

        /**
         * Where Athena is. The region's endpoint by default.
         *
         * @param endpoint the endpoint
         * @return this builder
         */
        public Builder athenaEndpoint(URI endpoint) {
            athenaEndpoint = Objects.requireNonNull(endpoint);
            return this;
        }

        /**
         * Where S3 is. The region's endpoint by default.
         *
         * @param endpoint the endpoint
         * @return this builder
         */
        public Builder s3Endpoint(URI endpoint) {
            s3Endpoint = Objects.requireNonNull(endpoint);
            return this;
        }

        /**
         * Where STS is. The region's endpoint by default.
         *
         * @param endpoint the endpoint
         * @return this builder
         */
        public Builder stsEndpoint(URI endpoint) {
            stsEndpoint = Objects.requireNonNull(endpoint);
            return this;
        }

        /**
         * Names buckets in paths and not in host names, as most S3 servers other than AWS need it.
         *
         * @return this builder
         */
        public Builder pathStyle() {
            pathStyle = true;
            return this;
        }

        /**
         * The credentials, or with a role those that take it on. The SDK's default chain by default.
         *
         * @param provider stays the caller's to close
         * @return this builder
         */
        public Builder credentials(AwsCredentialsProvider provider) {
            credentials = Objects.requireNonNull(provider);
            return this;
        }

        /**
         * The HTTP client for all calls, instead of an own one; the three options below don't apply then.
         *
         * @param client stays the caller's to close
         * @return this builder
         */
        public Builder httpClient(SdkHttpClient client) {
            httpClient = Objects.requireNonNull(client);
            return this;
        }

        /**
         * How many connections may be open at once. 64 by default.
         *
         * @param connections at least 1; each open result takes one, a big one a few
         * @return this builder
         */
        public Builder maxConnections(int connections) {
            maxConnections = connections;
            return this;
        }

        /**
         * How long opening a connection may take. 5 seconds by default.
         *
         * @param timeout positive
         * @return this builder
         */
        public Builder connectionTimeout(Duration timeout) {
            connectionTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /**
         * How long a connection may be silent. 50 seconds by default.
         *
         * @param timeout positive
         * @return this builder
         */
        public Builder socketTimeout(Duration timeout) {
            socketTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /**
         * Makes the clients. Calls nothing.
         *
         * @return the access; the caller closes it
         * @throws IllegalArgumentException if an external id is given without a role
         */
        public AwsAccess build() {
            if (externalId != null && roleArn == null) {
                throw new IllegalArgumentException(
                        "externalId '" + externalId + "' needs a role; name it with assumeRole(…)");
            }
            Region in = region == null
                    ? DefaultAwsRegionProviderChain.builder().build().getRegion()
                    : Region.of(region);
            // First what uses, then what is used.
            List<AutoCloseable> owned = new ArrayList<>();
            try {
                SdkHttpClient http = http(owned);
                AwsCredentialsProvider base = base(owned);
                RoleCredentials role = roleArn == null ? null : role(in, http, base, owned);
                AwsCredentialsProvider used = role == null ? base : role;
                S3Client s3 = s3(in, http, used);
                owned.add(0, s3);
                AthenaClient athena = athena(in, http, used);
                owned.add(0, athena);
                return new AwsAccess(in.id(), athena, s3, used, s3Endpoint, pathStyle, role, List.copyOf(owned));
            } catch (RuntimeException e) {
                close(owned);
                throw e;
            }
        }

        private SdkHttpClient http(List<AutoCloseable> owned) {
            if (httpClient != null) {
                return httpClient;
            }
            SdkHttpClient made = ApacheHttpClient.builder()
                    .maxConnections(maxConnections)
                    .connectionTimeout(connectionTimeout)
                    .socketTimeout(socketTimeout)
                    .build();
            owned.add(0, made);
            return made;
        }

        private AwsCredentialsProvider base(List<AutoCloseable> owned) {
            if (credentials != null) {
                return credentials;
            }
            DefaultCredentialsProvider made =
                    DefaultCredentialsProvider.builder().build();
            owned.add(0, made);
            return made;
        }

        private RoleCredentials role(
                Region in, SdkHttpClient http, AwsCredentialsProvider base, List<AutoCloseable> owned) {
            StsClientBuilder builder =
                    StsClient.builder().region(in).httpClient(http).credentialsProvider(base);
            if (stsEndpoint != null) {
                builder.endpointOverride(stsEndpoint);
            }
            StsClient sts = builder.build();
            owned.add(0, sts);
            RoleCredentials role = new RoleCredentials(
                    sts,
                    Objects.requireNonNull(roleArn),
                    externalId,
                    sessionName,
                    sessionDuration,
                    InstantSource.system());
            owned.add(0, role);
            return role;
        }

        private AthenaClient athena(Region in, SdkHttpClient http, AwsCredentialsProvider used) {
            // The statement runner retries: its waits end when a query is cancelled, the SDK's don't.
            AthenaClientBuilder builder = AthenaClient.builder()
                    .region(in)
                    .httpClient(http)
                    .credentialsProvider(used)
                    .overrideConfiguration(options -> options.retryStrategy(AwsRetryStrategy.doNotRetry()));
            if (athenaEndpoint != null) {
                builder.endpointOverride(athenaEndpoint);
            }
            return builder.build();
        }

        private S3Client s3(Region in, SdkHttpClient http, AwsCredentialsProvider used) {
            S3ClientBuilder builder = S3Client.builder()
                    .region(in)
                    .httpClient(http)
                    .credentialsProvider(used)
                    .forcePathStyle(pathStyle);
            if (s3Endpoint != null) {
                builder.endpointOverride(s3Endpoint);
            }
            return builder.build();
        }
    }
}
