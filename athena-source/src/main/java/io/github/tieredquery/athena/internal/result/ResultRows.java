package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.athena.internal.codec.Decoder;
import org.jspecify.annotations.Nullable;

/** The rows of a query's result, one at a time. For one thread; {@link #close} may come from any. */
interface ResultRows extends AutoCloseable {

    /** Goes to the next row; false if there is none. */
    boolean next();

    /** A value of the current row, null for NULL. */
    @Nullable
    Object value(int column, Decoder decoder);

    /** Where in the result file the next row starts, in bytes; -1 if the rows don't come from a file. */
    default long offset() {
        return -1;
    }

    @Override
    void close();
}
