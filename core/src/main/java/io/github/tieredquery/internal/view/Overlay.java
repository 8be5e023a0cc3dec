package io.github.tieredquery.internal.view;

/**
 * What lies over the cold rows of a segment.
 *
 * @param hotRows whether hot rows may hide cold ones or come between them
 * @param tombstones how many keys of erased rows there are
 */
public record Overlay(boolean hotRows, long tombstones) {

    static final Overlay NOTHING = new Overlay(false, 0);
    /** Where both tiers hold the same rows, nothing tells before reading whether the hot tier has any. */
    static final Overlay HOT_ROWS = new Overlay(true, 0);

    /** Whether the cold tier alone answers for the segment. */
    public boolean isNothing() {
        return !hotRows && tombstones == 0;
    }
}
