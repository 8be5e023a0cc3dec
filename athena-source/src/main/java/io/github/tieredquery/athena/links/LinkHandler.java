package io.github.tieredquery.athena.links;

import io.github.tieredquery.athena.aws.AwsAccess;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Answers {@link ProxiedLinks} in whatever web framework there is. Bytes are streamed from S3, so memory doesn't depend
 * on the object's size.
 *
 * <pre>{@code
 * try (LinkResponse response = handler.handle(method, rawPath, headers)) {
 *     // send status and headers, then response.body().transferTo(out)
 * }
 * }</pre>
 *
 * <table>
 * <caption>The statuses</caption>
 * <tr><td>200, 206</td><td>the object or a part of it: a single range, one with an open end, or a suffix; of several
 *     ranges that lie inside, the whole object</td></tr>
 * <tr><td>304, 412</td><td>by {@code If-None-Match}, {@code If-Modified-Since}, {@code If-Match} and
 *     {@code If-Unmodified-Since}</td></tr>
 * <tr><td>404</td><td>no link of ours, whatever is wrong with it, or the object is gone or may not be read</td></tr>
 * <tr><td>405</td><td>a method other than GET and HEAD</td></tr>
 * <tr><td>410</td><td>a link of ours that has ended</td></tr>
 * <tr><td>416</td><td>the range lies outside the object</td></tr>
 * <tr><td>503</td><td>S3 doesn't answer; the same request may succeed later</td></tr>
 * </table>
 *
 * <p>Thread-safe; nothing to close.
 */
public final class LinkHandler {

    private static final Logger LOG = LoggerFactory.getLogger(LinkHandler.class);
    private static final int ATTEMPTS = 3;
    /** Two versions of one second have one date; one that isn't given out yet can't be mistaken for the other. */
    private static final Duration DATE_IS_CERTAIN_AFTER = Duration.ofSeconds(2);

    private final AwsAccess aws;
    private final String basePath;
    private final LinkTokens tokens;
    private final InstantSource clock;

    LinkHandler(AwsAccess aws, String basePath, LinkTokens tokens, InstantSource clock) {
        this.aws = aws;
        this.basePath = basePath;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * Answers a request. Doesn't throw for what a client has sent or S3 has answered.
     *
     * @param method the request's method
     * @param rawPath the path as the client sent it, not decoded, without the query, beginning with that of the base
     * @param headers the request's headers; their names in any case
     * @return the answer; the caller closes it
     */
    public LinkResponse handle(String method, String rawPath, Map<String, List<String>> headers) {
        boolean head = method.equals("HEAD");
        if (!head && !method.equals("GET")) {
            return LinkResponse.message(405, "Method not allowed", false, "Allow", "GET, HEAD");
        }
        LinkTokens.Opened opened =
                rawPath.startsWith(basePath) ? tokens.open(rawPath.substring(basePath.length())) : null;
        if (opened == null) {
            return notFound(head);
        }
        if (!clock.instant().isBefore(opened.end())) {
            return LinkResponse.message(410, "This link has expired", head, null, "");
        }
        Download download = opened.download();
        try {
            return answer(head, download, new RequestHeaders(headers));
        } catch (S3Exception e) {
            if (e.statusCode() == 404 || e.statusCode() == 403) {
                // Without the right to list the bucket, S3 says 403 of what isn't there.
                LOG.warn(
                        "a link leads to s3://{}/{}, which can't be read: {}",
                        download.bucket(),
                        download.key(),
                        e.getMessage());
                return notFound(head);
            }
            return unavailable(head, download, e);
        } catch (SdkException e) {
            return unavailable(head, download, e);
        }
    }

    private static LinkResponse notFound(boolean head) {
        return LinkResponse.message(404, "Not found", head, null, "");
    }

    private static LinkResponse unavailable(boolean head, Download download, SdkException e) {
        LOG.warn("s3://{}/{} of a link can't be read now", download.bucket(), download.key(), e);
        return LinkResponse.message(503, "Try again later", head, "Retry-After", "5");
    }

    private LinkResponse answer(boolean head, Download download, RequestHeaders request) {
        for (int attempt = 1; ; attempt++) {
            HeadObjectResponse object = withFreshCredentials(() ->
                    aws.s3().headObject(get -> get.bucket(download.bucket()).key(download.key())));
            try {
                return answer(head, download, request, object);
            } catch (S3Exception e) {
                if (e.statusCode() != 412 || attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.debug("s3://{}/{} was replaced meanwhile, looking again", download.bucket(), download.key());
            }
        }
    }

    private LinkResponse answer(boolean head, Download download, RequestHeaders request, HeadObjectResponse object) {
        String etag = object.eTag();
        Instant modified = modified(object);
        long size = object.contentLength();
        Map<String, String> headers = new LinkedHashMap<>();
        if (etag != null) {
            headers.put("ETag", etag);
        }
        if (modified != null) {
            headers.put("Last-Modified", RequestHeaders.httpDate(modified));
        }
        // A browser may keep it, and asks here whether the link still counts.
        headers.put("Cache-Control", "private, no-cache");
        int status = request.status(etag, modified);
        if (status == 304) {
            return LinkResponse.empty(304, headers);
        }
        if (status == 412) {
            return LinkResponse.message(412, "Precondition failed", head, null, "");
        }
        // Range is defined for GET only.
        Part part = Part.of(head ? null : request.range(etag, modified), size);
        if (part.status() == 416) {
            return LinkResponse.message(416, "Range not satisfiable", false, "Content-Range", part.contentRange(size));
        }
        headers.put("Accept-Ranges", "bytes");
        headers.put("Content-Type", contentType(download, object));
        headers.put("Content-Length", Long.toString(part.length()));
        headers.put("Content-Disposition", download.contentDisposition());
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        if (part.status() == 206) {
            headers.put("Content-Range", part.contentRange(size));
        }
        return head || part.length() == 0
                ? LinkResponse.empty(part.status(), headers)
                : LinkResponse.of(part.status(), headers, part.length(), body(download, etag, part));
    }

    private ObjectBody body(Download download, @Nullable String etag, Part part) {
        return new ObjectBody(
                from -> {
                    GetObjectRequest.Builder get = GetObjectRequest.builder()
                            .bucket(download.bucket())
                            .key(download.key())
                            .range("bytes=" + from + "-" + (part.to() - 1));
                    if (etag != null) {
                        get.ifMatch(etag);
                    }
                    return withFreshCredentials(() -> aws.s3().getObject(get.build()));
                },
                part.from(),
                part.to());
    }

    private static String contentType(Download download, HeadObjectResponse object) {
        if (download.contentType() != null) {
            return download.contentType();
        }
        return object.contentType() == null ? "application/octet-stream" : object.contentType();
    }

    private @Nullable Instant modified(HeadObjectResponse object) {
        if (object.lastModified() == null) {
            return null;
        }
        Instant modified = object.lastModified().truncatedTo(ChronoUnit.SECONDS);
        return modified.plus(DATE_IS_CERTAIN_AFTER).isAfter(clock.instant()) ? null : modified;
    }

    /** Expired credentials are a 400, and a HEAD has no body that could say more. */
    private <T> T withFreshCredentials(Supplier<T> call) {
        try {
            return call.get();
        } catch (S3Exception e) {
            if (e.statusCode() != 400) {
                throw e;
            }
            aws.renewCredentials();
            return call.get();
        }
    }
}
