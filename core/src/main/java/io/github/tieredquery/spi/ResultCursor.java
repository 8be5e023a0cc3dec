package io.github.tieredquery.spi;

import java.util.Optional;

/** Rows of a result that the backend keeps for a while, so that the rest can be read later ({@link ResultSource}). */
public interface ResultCursor extends RowCursor {

    /**
     * Where the row starts that {@link #next} gives next. Asked between two rows, by the thread that reads.
     *
     * @return the place; empty if this result can't be read later
     */
    Optional<ResultPlace> place();
}
