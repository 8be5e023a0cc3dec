package io.github.tieredquery.dynamodb;

import org.jspecify.annotations.Nullable;

/**
 * How far a {@link Backfill} has come. Immutable.
 *
 * @param position where it goes on, null when it is done
 * @param rows how many rows were looked at in this run
 * @param indexItems how many index items were written in this run
 */
public record BackfillProgress(@Nullable String position, long rows, long indexItems) {

    /**
     * Whether all rows have their index items.
     *
     * @return whether there is no position to go on from
     */
    public boolean isDone() {
        return position == null;
    }
}
