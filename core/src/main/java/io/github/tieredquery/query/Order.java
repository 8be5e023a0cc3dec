package io.github.tieredquery.query;

/** In which direction rows come by (time, key). */
public enum Order {
    /** Ascending by time, then key. */
    OLDEST_FIRST,
    /** Descending by time, then key: the exact reverse of {@link #OLDEST_FIRST}. */
    NEWEST_FIRST
}
