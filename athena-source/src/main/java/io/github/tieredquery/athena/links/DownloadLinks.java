package io.github.tieredquery.athena.links;

import io.github.tieredquery.athena.aws.AwsAccess;
import java.net.URI;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.List;

/**
 * Makes links to objects in S3 that end by themselves.
 *
 * <pre>{@code
 * DownloadLinks links = DownloadLinks.presigned(aws);
 * Link link = links.to("s3://exports/2024/flights.csv", "flights.csv", Duration.ofMinutes(10));
 * }</pre>
 *
 * <table>
 * <caption>Which kind serves when</caption>
 * <tr><th>kind</th><th>host name</th><th>lives for</th><th>needs</th></tr>
 * <tr><td>{@link #presigned}</td><td>S3's own</td><td>at most 7 days, and no longer than the credentials</td>
 *     <td>nothing else</td></tr>
 * <tr><td>{@link #cloudFront}</td><td>yours</td><td>as long as you like</td><td>a CloudFront distribution</td></tr>
 * <tr><td>{@link #proxied}</td><td>yours</td><td>as long as you like</td>
 *     <td>a service that all bytes pass through; hides account, bucket and key</td></tr>
 * </table>
 *
 * <p>A link is a secret: whoever has it can download. Links are made without a call to S3, so one to an object that
 * isn't there is made as well. Immutable and thread-safe; nothing to close.
 */
public sealed interface DownloadLinks permits PresignedLinks, CloudFrontLinks, ProxiedLinks {

    /**
     * Links that S3 itself answers, signed with the credentials of the access. Their host is S3's: behind another name
     * they break, unless a proxy sends S3's own host name and the whole query on.
     *
     * @param aws whose credentials may read the object; stays the caller's to close
     * @return links whose end is that of the credentials, if that comes first
     */
    static PresignedLinks presigned(AwsAccess aws) {
        return new PresignedLinks(aws);
    }

    /**
     * Links to a CloudFront distribution whose origin is the bucket, signed with a key of its trusted key group.
     *
     * @param domain the distribution's host name, for example {@code downloads.example.com}
     * @param keyPairId the public key's id in CloudFront, for example {@code K2JCJMDEHXQW5F}
     * @param privateKey RSA with 2048 bits or EC over P-256, which is what CloudFront takes
     * @return links with a canned policy
     * @throws IllegalArgumentException if the domain or the id isn't one, or CloudFront doesn't take such a key
     */
    static CloudFrontLinks cloudFront(String domain, String keyPairId, PrivateKey privateKey) {
        return new CloudFrontLinks(domain, keyPairId, privateKey);
    }

    /**
     * Links to the service itself, which answers them with {@link ProxiedLinks#handler}. What they lead to is encrypted
     * and authenticated in them. Making them needs no right in AWS.
     *
     * @param base where the service answers them, for example {@code https://example.com/downloads/}
     * @param keys random secrets of at least 16 bytes, the same in all instances of the service; the first makes links,
     *     all of them are accepted, so that a new one is added in front and an old one removed when its links have
     *     ended
     * @return links to the service
     * @throws IllegalArgumentException if the base isn't such an address, or a key is missing or too short
     */
    static ProxiedLinks proxied(URI base, List<byte[]> keys) {
        return new ProxiedLinks(base, keys);
    }

    /**
     * Makes a link.
     *
     * @param object the object as {@code s3://bucket/key}, the key as it is, without URL escapes
     * @param fileName what the browser shall call the file; characters that no file name can hold, or that would lead
     *     into another folder, are replaced by {@code _}
     * @param validFor for how long the link shall work, counted from now, in whole seconds
     * @return the link, which says when it ends
     * @throws IllegalArgumentException if the object or the file name isn't one, or the duration isn't positive or is
     *     longer than such a link can ever be
     * @throws io.github.tieredquery.error.TieredQueryException if there are no credentials for it
     */
    Link to(String object, String fileName, Duration validFor);
}
