package io.github.tieredquery.plan;

/** Which part of the time a slice belongs to. */
public enum Tier {
    /** The database. */
    HOT,
    /** The archive. */
    COLD,
    /** Rows in the database whose time lies in the archive's part: late arrivals, later versions of archived rows. */
    LATE
}
