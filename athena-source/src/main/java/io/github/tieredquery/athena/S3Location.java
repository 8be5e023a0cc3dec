package io.github.tieredquery.athena;

/** A place in S3. Keys stand as they are, without URL escapes. */
record S3Location(String bucket, String key) {

    /**
     * Reads {@code s3://bucket/key}; the key may be empty.
     *
     * @throws IllegalArgumentException if the text isn't of that form
     */
    static S3Location parse(String text) {
        int slash = text.startsWith("s3://") ? text.indexOf('/', 5) : -1;
        String bucket = !text.startsWith("s3://") ? "" : slash < 0 ? text.substring(5) : text.substring(5, slash);
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' isn't a place in S3; write it as s3://bucket/prefix/");
        }
        return new S3Location(bucket, slash < 0 ? "" : text.substring(slash + 1));
    }

    /** Reads a folder: the key is empty or ends with a slash. */
    static S3Location folder(String text) {
        S3Location location = parse(text);
        if (text.contains("*") || location.key.startsWith("/") || location.key.contains("//")) {
            throw new IllegalArgumentException(
                    "'" + text + "' isn't a folder in S3; Athena takes no '*' and no empty names");
        }
        return location.key.isEmpty() || location.key.endsWith("/")
                ? location
                : new S3Location(location.bucket, location.key + "/");
    }

    S3Location resolve(String path) {
        return new S3Location(bucket, key + path);
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key;
    }
}
