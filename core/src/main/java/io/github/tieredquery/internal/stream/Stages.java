package io.github.tieredquery.internal.stream;

import io.github.tieredquery.spi.RowCursor;
import org.jspecify.annotations.Nullable;

/** The stretches of a query's range, opened one after the other in the query's order. */
public interface Stages extends AutoCloseable {

    /**
     * Opens the next stretch.
     *
     * @param limit how many rows are still wanted, {@link Long#MAX_VALUE} for all
     * @return its rows, null if there is no further stretch
     */
    @Nullable
    RowCursor next(long limit);

    /**
     * Whether {@link #next} would find no further stretch.
     *
     * @return whether the range has been gone through, as far as can be told without asking a tier
     */
    boolean isFinished();

    @Override
    void close();
}
