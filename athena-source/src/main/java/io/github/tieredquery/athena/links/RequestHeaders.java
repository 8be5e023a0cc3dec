package io.github.tieredquery.athena.links;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The headers of a request that ask for a part, or for nothing if the object is known: RFC 9110, section 13. */
final class RequestHeaders {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final Pattern ENTITY_TAG = Pattern.compile("(W/)?(\"[^\"]*\")");

    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    RequestHeaders(Map<String, List<String>> headers) {
        this.headers.putAll(headers);
    }

    static String httpDate(Instant instant) {
        return HTTP_DATE.format(instant);
    }

    /**
     * What the preconditions come to, in the order that the standard gives.
     *
     * @param etag a strong one, null if the object has none
     * @param modified in whole seconds, null if that isn't known
     * @return 200 to go on, else 304 or 412
     */
    int status(@Nullable String etag, @Nullable Instant modified) {
        String ifMatch = list("If-Match");
        if (ifMatch != null) {
            if (!names(ifMatch, etag, false)) {
                return 412;
            }
        } else if (modified != null && modified.isAfter(date("If-Unmodified-Since", Instant.MAX))) {
            return 412;
        }
        String ifNoneMatch = list("If-None-Match");
        if (ifNoneMatch != null) {
            return names(ifNoneMatch, etag, true) ? 304 : 200;
        }
        return modified != null && !modified.isAfter(date("If-Modified-Since", Instant.MIN)) ? 304 : 200;
    }

    /** The Range header, unless If-Range says that the client has a part of something else. */
    @Nullable
    String range(@Nullable String etag, @Nullable Instant modified) {
        String range = single("Range");
        if (list("If-Range") == null) {
            return range;
        }
        String ifRange = single("If-Range");
        boolean same =
                ifRange != null && (ifRange.equals(etag) || (modified != null && ifRange.equals(httpDate(modified))));
        return same ? range : null;
    }

    /** Null if it is missing, or there more than once, which makes it void. */
    private @Nullable String single(String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.size() == 1 ? values.get(0).strip() : null;
    }

    private @Nullable String list(String name) {
        return headers.containsKey(name) ? String.join(",", headers.getOrDefault(name, List.of())) : null;
    }

    private Instant date(String name, Instant otherwise) {
        String text = single(name);
        try {
            return text == null ? otherwise : HTTP_DATE.parse(text, Instant::from);
        } catch (DateTimeException e) {
            return otherwise;
        }
    }

    private static boolean names(String list, @Nullable String etag, boolean weakly) {
        if (list.strip().equals("*")) {
            return true;
        }
        Matcher matcher = ENTITY_TAG.matcher(list);
        while (matcher.find()) {
            if (matcher.group(2).equals(etag) && (weakly || matcher.group(1) == null)) {
                return true;
            }
        }
        return false;
    }
}
