package io.github.tieredquery.athena.links;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Links that S3 answers, from {@link DownloadLinks#presigned}. S3 refuses them when their time has passed, and also
 * when the credentials that signed them have ended: {@link Link#expiresAt} is the earlier of both.
 *
 * <p>A role's session that is too short for a link is given up for a new one first, at most once a minute. What is
 * wished beyond that is cut, which {@link Link#shortened} says, or refused after {@link #neverShortened}. Immutable and
 * thread-safe; nothing to close.
 */
public final class PresignedLinks implements DownloadLinks {

    /** S3 takes no more. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private final AwsAccess aws;
    private final @Nullable String contentType;
    private final @Nullable Duration sessionLeft;
    private final boolean shortening;
    private final InstantSource clock;

    PresignedLinks(AwsAccess aws) {
        this(aws, null, null, true, InstantSource.system());
    }

    private PresignedLinks(
            AwsAccess aws,
            @Nullable String contentType,
            @Nullable Duration sessionLeft,
            boolean shortening,
            InstantSource clock) {
        this.aws = aws;
        this.contentType = contentType;
        this.sessionLeft = sessionLeft;
        this.shortening = shortening;
        this.clock = clock;
    }

    /**
     * The content type of what is downloaded. What the end of the file name says by default, or else the object's own.
     *
     * @param type for example {@code text/csv; charset=utf-8}
     * @return links with that type
     */
    public PresignedLinks contentType(String type) {
        return new PresignedLinks(aws, Download.checkedContentType(type), sessionLeft, shortening, clock);
    }

    /**
     * Refuses with a {@link ConfigurationException} what the credentials won't live for. Shortened by default.
     *
     * @return links that live for as long as was asked
     */
    public PresignedLinks neverShortened() {
        return new PresignedLinks(aws, contentType, sessionLeft, false, clock);
    }

    /**
     * For how long a session may be trusted whose end the SDK doesn't know, such as that in the environment of a Lambda
     * function. None by default, and then such a session is refused with a {@link ConfigurationException}: a link of
     * unknown end would break its promise.
     *
     * @param left what is surely left of the session whenever a link is made, in whole seconds
     * @return links that are shortened to that
     */
    public PresignedLinks unknownSessionsLast(Duration left) {
        Download.seconds(left);
        return new PresignedLinks(aws, contentType, left, shortening, clock);
    }

    PresignedLinks clock(InstantSource instantSource) {
        return new PresignedLinks(aws, contentType, sessionLeft, shortening, instantSource);
    }

    @Override
    public Link to(String object, String fileName, Duration validFor) {
        Download download = Download.of(object, fileName, contentType).inUrl();
        long seconds = Download.seconds(validFor);
        if (seconds > LONGEST.toSeconds()) {
            throw new IllegalArgumentException("a presigned link can't be valid for " + validFor + "; S3 takes "
                    + LONGEST + " (7 days) at most, CloudFront and proxied links can live longer");
        }
        // The signature's date has whole seconds, so the time that it's valid for is counted from one.
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant wished = now.plusSeconds(seconds);
        AwsCredentials credentials = credentials(wished);
        Instant credentialsEnd = end(credentials, now);
        boolean shortened = credentialsEnd.isBefore(wished);
        if (shortened && !shortening) {
            throw new ConfigurationException("a link to " + object + " was to be valid until " + wished
                    + ", but the credentials that sign it end at " + credentialsEnd + ": ask for less, take on the role"
                    + " for longer with AwsAccess.builder().sessionDuration(…), or use another kind of DownloadLinks");
        }
        Instant end = shortened ? credentialsEnd : wished;
        if (!end.isAfter(now)) {
            throw new SourceUnavailableException("a link to " + object
                    + " can't be made: the credentials that would sign it have ended at " + credentialsEnd);
        }
        return new Link(url(download, credentials, now, Duration.between(now, end)), end, shortened);
    }

    private AwsCredentials credentials(Instant wished) {
        try {
            return aws.credentialsUntil(wished);
        } catch (SdkException e) {
            throw new SourceUnavailableException("no credentials to sign a link with: " + e.getMessage(), e);
        }
    }

    private Instant end(AwsCredentials credentials, Instant now) {
        if (credentials.expirationTime().isPresent()) {
            return credentials.expirationTime().get().truncatedTo(ChronoUnit.SECONDS);
        }
        if (!(credentials instanceof AwsSessionCredentialsIdentity)) {
            return Instant.MAX;
        }
        if (sessionLeft == null) {
            throw new ConfigurationException("a link would end with the session that signs it, and nobody knows when"
                    + " that is: take on a role with AwsAccess.builder().assumeRole(…), or say with"
                    + " unknownSessionsLast(…) how long it can be trusted");
        }
        return now.plusSeconds(sessionLeft.toSeconds());
    }

    /**
     * Signs it here and not with the SDK's presigner, which knows only the system's clock, and which would have to be
     * told again where S3 is.
     */
    private URI url(Download download, AwsCredentials credentials, Instant now, Duration validFor) {
        SdkHttpRequest.Builder request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .uri(URI.create(aws.s3()
                        .utilities()
                        .getUrl(get -> get.bucket(download.bucket()).key(download.key()))
                        .toString()))
                .putRawQueryParameter("response-content-disposition", download.contentDisposition());
        if (download.contentType() != null) {
            request.putRawQueryParameter("response-content-type", download.contentType());
        }
        SdkHttpRequest unsigned = request.build();
        return AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(credentials)
                        .request(unsigned)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, aws.region())
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, validFor)
                        .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC)))
                .request()
                .getUri();
    }
}
