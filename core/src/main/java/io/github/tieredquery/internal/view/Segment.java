package io.github.tieredquery.internal.view;

import io.github.tieredquery.query.TimeRange;

/**
 * A part of a range that one tier answers for, or both.
 *
 * @param range from inclusive, to exclusive, never empty
 * @param kind who answers for it
 */
public record Segment(TimeRange range, Kind kind) {

    /** Who answers for a segment. */
    public enum Kind {
        /** The cold tier. Late rows and tombstones may lie over its rows. */
        ARCHIVED,
        /** Both tiers, since an archive without a journal may lack some of its newest rows. A hot row wins. */
        OVERLAP,
        /** The hot tier. */
        HOT
    }

    /** Whether only the hot tier answers for it. */
    public boolean isHot() {
        return kind == Kind.HOT;
    }

    /** A part of the segment. */
    public Segment range(TimeRange part) {
        return new Segment(part, kind);
    }
}
