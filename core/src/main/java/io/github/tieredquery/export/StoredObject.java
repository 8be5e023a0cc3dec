package io.github.tieredquery.export;

import java.util.Objects;

/**
 * An object in a store. Immutable.
 *
 * @param location where it is, as the store writes it: {@code s3://bucket/key}
 * @param bytes how many bytes it has
 * @param version what changes when the object does, as the store writes it: an ETag with its quotes
 */
public record StoredObject(String location, long bytes, String version) {

    /** Refuses null and negative sizes. */
    public StoredObject {
        Objects.requireNonNull(location, "location");
        Objects.requireNonNull(version, "version");
        if (bytes < 0) {
            throw new IllegalArgumentException("an object of " + bytes + " bytes");
        }
    }
}
