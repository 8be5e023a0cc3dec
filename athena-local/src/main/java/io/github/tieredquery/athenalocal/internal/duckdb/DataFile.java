package io.github.tieredquery.athenalocal.internal.duckdb;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An object that holds rows.
 *
 * @param address its {@code s3://} address
 * @param modifiedMicros when it was written, in microseconds since the epoch
 * @param key tells this content of the path from another
 */
record DataFile(
        Path path,
        String address,
        long size,
        long modifiedMicros,
        @Nullable Object key) {

    boolean sameContent(DataFile other) {
        return size == other.size && modifiedMicros == other.modifiedMicros && Objects.equals(key, other.key);
    }
}
