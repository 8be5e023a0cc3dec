package io.github.tieredquery.athena.links;

import io.github.tieredquery.athena.aws.AwsAccess;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Links to the service itself, from {@link DownloadLinks#proxied}. They hold account, bucket, key and end encrypted, so
 * the service keeps nothing about them; {@link #handler} answers them. Immutable and thread-safe; nothing to close.
 */
public final class ProxiedLinks implements DownloadLinks {

    /** No escapes, no empty parts and no dots alone: what a proxy may change on the way would not be found again. */
    private static final Pattern BASE_PATH = Pattern.compile("(?:/(?!\\.{1,2}/)[A-Za-z0-9._~-]+)*/");

    private final String base;
    private final LinkTokens tokens;
    private final @Nullable String contentType;
    private final InstantSource clock;

    ProxiedLinks(URI base, List<byte[]> keys) {
        this(checked(base), new LinkTokens(keys), null, InstantSource.system());
    }

    private ProxiedLinks(String base, LinkTokens tokens, @Nullable String contentType, InstantSource clock) {
        this.base = base;
        this.tokens = tokens;
        this.contentType = contentType;
        this.clock = clock;
    }

    private static String checked(URI base) {
        boolean web = "https".equals(base.getScheme()) || "http".equals(base.getScheme());
        if (!web
                || base.getHost() == null
                || base.getRawUserInfo() != null
                || base.getRawQuery() != null
                || base.getRawFragment() != null
                || !BASE_PATH.matcher(base.getRawPath()).matches()) {
            throw new IllegalArgumentException(
                    "'" + base
                            + "' can't be the base of links; write it as https://example.com/downloads/, with a slash at the end");
        }
        return base.toString();
    }

    /**
     * The content type of what is downloaded. What the end of the file name says by default, or else the object's own.
     *
     * @param type for example {@code text/csv; charset=utf-8}
     * @return links with that type
     * @throws IllegalArgumentException if it can't stand in a header
     */
    public ProxiedLinks contentType(String type) {
        return new ProxiedLinks(base, tokens, Download.checkedContentType(type), clock);
    }

    ProxiedLinks clock(InstantSource instantSource) {
        return new ProxiedLinks(base, tokens, contentType, instantSource);
    }

    @Override
    public Link to(String object, String fileName, Duration validFor) {
        Download download = Download.of(object, fileName, contentType);
        Instant end = clock.instant().truncatedTo(ChronoUnit.SECONDS).plusSeconds(Download.seconds(validFor));
        return new Link(URI.create(base + tokens.seal(download, end)), end, false);
    }

    /**
     * Answers these links, and those that other instances of the service made with one of the keys.
     *
     * @param aws whose credentials may read the objects; stays the caller's to close, after the last answer
     * @return the handler
     */
    public LinkHandler handler(AwsAccess aws) {
        return new LinkHandler(aws, URI.create(base).getRawPath(), tokens, clock);
    }
}
