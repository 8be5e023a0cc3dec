package io.github.tieredquery.athena.links;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Links to a CloudFront distribution, from {@link DownloadLinks#cloudFront}. They carry a canned policy, or a custom
 * one after {@link #notBefore} or {@link #onlyFrom}.
 *
 * <p>The file name and the content type travel as the query parameters {@code response-content-disposition} and
 * {@code response-content-type}. They reach S3 if the distribution sends these two on, signs its own requests to the
 * bucket (origin access control) and has them in its cache key; if not, the link works without them. Immutable and
 * thread-safe; nothing to close.
 */
public final class CloudFrontLinks implements DownloadLinks {

    private static final Pattern DOMAIN = Pattern.compile("(?:[a-z0-9-]{1,63}\\.)+[a-z0-9-]{2,63}");
    private static final Pattern FOLDER = Pattern.compile("s3://[^/]+/(?:.+/)?");

    private final String domain;
    private final CloudFrontSigner signer;
    private final CloudFrontPolicy policy;
    private final @Nullable String origin;
    private final @Nullable String contentType;
    private final InstantSource clock;

    CloudFrontLinks(String domain, String keyPairId, PrivateKey privateKey) {
        this(
                checkedDomain(domain),
                CloudFrontSigner.of(keyPairId, privateKey),
                CloudFrontPolicy.CANNED,
                null,
                null,
                InstantSource.system());
    }

    private CloudFrontLinks(
            String domain,
            CloudFrontSigner signer,
            CloudFrontPolicy policy,
            @Nullable String origin,
            @Nullable String contentType,
            InstantSource clock) {
        this.domain = domain;
        this.signer = signer;
        this.policy = policy;
        this.origin = origin;
        this.contentType = contentType;
        this.clock = clock;
    }

    private static String checkedDomain(String domain) {
        if (!DOMAIN.matcher(domain).matches()) {
            throw new IllegalArgumentException("'" + domain
                    + "' isn't a host name; give the distribution's alone, in lower case: downloads.example.com");
        }
        return domain;
    }

    /**
     * The distribution's origin: objects elsewhere are refused, and links leave its folder out, as CloudFront puts the
     * origin path in front again. By default objects of every bucket are linked to by their whole key.
     *
     * @param folder for example {@code s3://exports/} or, for the origin path {@code /2024}, {@code s3://exports/2024/}
     * @return links to what is in that folder
     * @throws IllegalArgumentException if it isn't a folder in S3
     */
    public CloudFrontLinks origin(String folder) {
        if (!FOLDER.matcher(folder).matches()) {
            throw new IllegalArgumentException(
                    "'" + folder + "' isn't a folder in S3; write it as s3://bucket/folder/");
        }
        return new CloudFrontLinks(domain, signer, policy, folder, contentType, clock);
    }

    /**
     * The content type of what is downloaded. What the end of the file name says by default, or else the object's own.
     *
     * @param type for example {@code text/csv; charset=utf-8}
     * @return links with that type
     * @throws IllegalArgumentException if it can't stand in a header
     */
    public CloudFrontLinks contentType(String type) {
        return new CloudFrontLinks(domain, signer, policy, origin, Download.checkedContentType(type), clock);
    }

    /**
     * Lets links begin later, by a custom policy. At once by default.
     *
     * @param start inclusive, in whole seconds
     * @return links that don't work before
     */
    public CloudFrontLinks notBefore(Instant start) {
        return new CloudFrontLinks(domain, signer, policy.notBefore(start), origin, contentType, clock);
    }

    /**
     * Lets links be used from some addresses only, by a custom policy. From everywhere by default. CloudFront compares
     * IPv4 addresses, so the distribution must not answer over IPv6.
     *
     * @param range an IPv4 range in CIDR form, for example {@code 192.0.2.0/24}, or {@code 192.0.2.7/32} for one
     *     address
     * @return links for those addresses
     * @throws IllegalArgumentException if it isn't such a range
     */
    public CloudFrontLinks onlyFrom(String range) {
        return new CloudFrontLinks(domain, signer, policy.onlyFrom(range), origin, contentType, clock);
    }

    /**
     * Signs over SHA-256, and says so in the link. Over SHA-1 by default, which is what CloudFront takes for granted.
     *
     * @return links with such signatures
     */
    public CloudFrontLinks sha256() {
        return new CloudFrontLinks(domain, signer.sha256(), policy, origin, contentType, clock);
    }

    CloudFrontLinks clock(InstantSource instantSource) {
        return new CloudFrontLinks(domain, signer, policy, origin, contentType, instantSource);
    }

    @Override
    public Link to(String object, String fileName, Duration validFor) {
        Download download = Download.of(object, fileName, contentType).inUrl();
        Instant end = clock.instant().truncatedTo(ChronoUnit.SECONDS).plusSeconds(Download.seconds(validFor));
        String resource = "https://" + domain + "/" + FileName.urlEncoded(path(object, download), "/")
                + "?response-content-disposition=" + FileName.urlEncoded(download.contentDisposition(), "");
        if (download.contentType() != null) {
            resource += "&response-content-type=" + FileName.urlEncoded(download.contentType(), "");
        }
        String text = policy.text(resource, end);
        String condition = policy.isCanned()
                ? "&Expires=" + end.getEpochSecond()
                : "&Policy=" + CloudFrontSigner.base64(text.getBytes(StandardCharsets.UTF_8));
        return new Link(URI.create(resource + condition + signer.proof(text)), end, false);
    }

    private String path(String object, Download download) {
        if (origin == null) {
            return download.key();
        }
        if (!object.startsWith(origin) || object.length() == origin.length()) {
            throw new IllegalArgumentException(object + " isn't in " + origin + ", the origin of " + domain);
        }
        return object.substring(origin.length());
    }
}
