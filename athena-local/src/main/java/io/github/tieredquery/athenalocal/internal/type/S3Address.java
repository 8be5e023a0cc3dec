package io.github.tieredquery.athenalocal.internal.type;

import org.jspecify.annotations.Nullable;

/** An {@code s3://bucket/key} address. The key is literal: nothing in it is decoded. */
public record S3Address(String bucket, String key) {

    /** Null if the text isn't such an address. */
    public static @Nullable S3Address parse(String text) {
        if (!text.startsWith("s3://")) {
            return null;
        }
        int slash = text.indexOf('/', 5);
        String bucket = slash < 0 ? text.substring(5) : text.substring(5, slash);
        return bucket.isEmpty() ? null : new S3Address(bucket, slash < 0 ? "" : text.substring(slash + 1));
    }

    public S3Address child(String name) {
        return new S3Address(bucket, key.isEmpty() || key.endsWith("/") ? key + name : key + "/" + name);
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key;
    }
}
