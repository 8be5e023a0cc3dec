package io.github.tieredquery.athena.internal.s3;

import java.util.List;

/** A place in S3. Keys stand as they are, without URL escapes. */
public record S3Location(String bucket, String key) {

    /**
     * Reads {@code s3://bucket/key}; the key may be empty.
     *
     * @throws IllegalArgumentException if the text isn't of that form
     */
    public static S3Location parse(String text) {
        int slash = text.startsWith("s3://") ? text.indexOf('/', 5) : -1;
        String bucket = !text.startsWith("s3://") ? "" : slash < 0 ? text.substring(5) : text.substring(5, slash);
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' isn't a place in S3; write it as s3://bucket/prefix/");
        }
        return new S3Location(bucket, slash < 0 ? "" : text.substring(slash + 1));
    }

    /** Reads a folder: the key is empty or ends with a slash. */
    public static S3Location folder(String text) {
        S3Location location = parse(text);
        if (text.contains("*") || location.key.startsWith("/") || location.key.contains("//")) {
            throw new IllegalArgumentException(
                    "'" + text + "' isn't a folder in S3; Athena takes no '*' and no empty names");
        }
        return location.key.isEmpty() || location.key.endsWith("/")
                ? location
                : new S3Location(location.bucket, location.key + "/");
    }

    /** The innermost folder that all of some places are in. */
    public static S3Location commonFolder(List<S3Location> places) {
        S3Location first = places.get(0);
        String common = first.key;
        for (S3Location place : places) {
            if (!place.bucket.equals(first.bucket)) {
                throw new IllegalArgumentException(first + " and " + place + " are in different buckets");
            }
            int end = 0;
            while (end < Math.min(common.length(), place.key.length()) && common.charAt(end) == place.key.charAt(end)) {
                end++;
            }
            common = common.substring(0, end);
        }
        return new S3Location(first.bucket, common.substring(0, common.lastIndexOf('/') + 1));
    }

    /** Whether this is a place in a folder, or the folder itself. */
    public boolean isWithin(S3Location folder) {
        return bucket.equals(folder.bucket) && key.startsWith(folder.key);
    }

    public S3Location resolve(String path) {
        return new S3Location(bucket, key + path);
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key;
    }
}
