package io.github.tieredquery.internal.token;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.RowPosition;
import org.jspecify.annotations.Nullable;

/**
 * The result of a cold scan of which a page has read a part, and all that it takes to make the same scan again. It
 * stands in a page token.
 *
 * @param place where the unread rest starts
 * @param after the position that the scan started after, null if it started with the query
 * @param range the scan's range
 * @param limit the scan's limit
 * @param remaining how many rows of the limit are unread, at least one
 * @param ceiling the newest version that the scan could see
 * @param epoch the journal's epoch at the scan: a commit since then may have changed what there is to be read
 */
public record ResumableResult(
        ResultPlace place,
        @Nullable RowPosition after,
        TimeRange range,
        long limit,
        long remaining,
        long ceiling,
        long epoch) {

    /** Refuses what no scan has. */
    public ResumableResult {
        if (remaining < 1 || remaining > limit || ceiling < 0) {
            throw new IllegalArgumentException(
                    remaining + " rows of " + limit + " are left, seen up to version " + ceiling);
        }
    }
}
