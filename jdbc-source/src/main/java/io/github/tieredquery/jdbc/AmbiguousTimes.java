package io.github.tieredquery.jdbc;

/**
 * Which instant a local time stands for that the clock shows twice, when daylight saving ends. Rows of the other pass
 * can't be told from it, so they can't be stored in a column of local times.
 */
public enum AmbiguousTimes {
    /** The first of the two. */
    EARLIER,
    /** The second of the two. */
    LATER
}
