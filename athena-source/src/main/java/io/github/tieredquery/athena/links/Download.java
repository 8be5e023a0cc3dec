package io.github.tieredquery.athena.links;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a link leads to.
 *
 * @param bucket the bucket
 * @param key the key as it is, without URL escapes
 * @param fileName a safe one
 * @param contentType null for the object's own
 */
record Download(
        String bucket,
        String key,
        String fileName,
        @Nullable String contentType) {

    private static final int LONGEST_KEY = 1024;
    private static final int LONGEST_CONTENT_TYPE = 200;

    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "csv", "text/csv; charset=utf-8",
            "tsv", "text/tab-separated-values; charset=utf-8",
            "txt", "text/plain; charset=utf-8",
            "json", "application/json",
            "gz", "application/gzip",
            "zip", "application/zip",
            "parquet", "application/vnd.apache.parquet");

    /** The content type is null for what the file name's end says. */
    static Download of(String object, String fileName, @Nullable String contentType) {
        int slash = object.startsWith("s3://") ? object.indexOf('/', 5) : -1;
        if (slash <= 5 || slash == object.length() - 1) {
            throw new IllegalArgumentException(
                    "'" + object + "' isn't an object in S3; write it as s3://bucket/key, without URL escapes");
        }
        String key = object.substring(slash + 1);
        if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "'" + object + "' isn't an object in S3: its key has more than " + LONGEST_KEY + " bytes");
        }
        String safe = FileName.safe(fileName);
        String extension = safe.substring(safe.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return new Download(
                object.substring(5, slash),
                key,
                safe,
                contentType == null ? CONTENT_TYPES.get(extension) : contentType);
    }

    /** Whole seconds of a duration, at least one. */
    static long seconds(Duration validFor) {
        if (validFor.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("a link can't be valid for " + validFor + "; give a second or more");
        }
        return validFor.toSeconds();
    }

    /** Refuses line breaks and the like, which would end the header. */
    static String checkedContentType(String contentType) {
        if (contentType.isBlank()
                || contentType.length() > LONGEST_CONTENT_TYPE
                || !contentType.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
            throw new IllegalArgumentException(
                    "'" + contentType + "' isn't a content type; write it as text/csv; charset=utf-8");
        }
        return contentType;
    }

    /** Refuses keys that browsers and proxies would take for other ones, escaped or not. */
    Download inUrl() {
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException("the key '" + key + "' has the path part '" + segment
                        + "', which browsers and proxies take out; copy the object to another key, or use"
                        + " DownloadLinks.proxied");
            }
        }
        return this;
    }

    String contentDisposition() {
        return FileName.contentDisposition(fileName);
    }
}
