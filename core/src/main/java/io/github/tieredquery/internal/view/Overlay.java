package io.github.tieredquery.internal.view;

/**
 * What lies over the cold rows of a segment.
 *
 * @param hotRows whether hot rows may hide cold ones or come between them
 * @param tombstones how many keys of erased rows there are
 */
public record Overlay(boolean hotRows, long tombstones) {

    /** Whether the cold tier alone answers for the segment. */
    public boolean isNothing() {
        return !hotRows && tombstones == 0;
    }
}
