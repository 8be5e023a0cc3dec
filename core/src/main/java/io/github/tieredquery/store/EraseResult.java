package io.github.tieredquery.store;

/**
 * What an erasure has done. Immutable.
 *
 * @param hotRows how many rows were deleted from the hot store: recent ones and late versions of archived ones
 * @param tombstones how many keys below the watermark were marked, so that no archived row with them is seen any more
 */
public record EraseResult(long hotRows, long tombstones) {

    /**
     * What two erasures have done together.
     *
     * @param other another one
     * @return the sums
     */
    public EraseResult plus(EraseResult other) {
        return new EraseResult(hotRows + other.hotRows, tombstones + other.tombstones);
    }
}
