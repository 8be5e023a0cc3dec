package io.github.tieredquery.dynamodb;

import org.jspecify.annotations.Nullable;

/** What queries find, in (time, key) order. Used by one thread. */
interface FoundStream extends AutoCloseable {

    /** The next one, null after the last. Blocks. */
    @Nullable
    Found next();

    @Override
    void close();
}
