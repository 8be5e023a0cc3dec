package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import org.jspecify.annotations.Nullable;

/**
 * What queries find, in (time, key) order. Used by one thread; needs no closing, what runs belongs to the
 * {@link ScanSession}.
 */
@FunctionalInterface
public interface FoundStream {

    /** The next one, null after the last. Blocks. */
    @Nullable
    Found next();
}
