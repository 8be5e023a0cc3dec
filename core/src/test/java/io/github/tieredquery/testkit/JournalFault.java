package io.github.tieredquery.testkit;

/** What a journal can do wrong. A memory store that is told to do it shows whether a test would notice. */
public enum JournalFault {
    /** A lease is believed to be held whoever has taken it over. */
    LEASE_NOT_CHECKED,
    /** An attempt that was given up leaves its version to the next one. */
    VERSION_USED_TWICE,
    /** A version counts before it is committed. */
    VERSION_NOT_EXCLUDED,
    /** The commit deletes the window's rows without comparing them with what was copied. */
    ROWS_NOT_COMPARED,
    /** An erasure leaves the epoch as it is. */
    ERASURE_KEEPS_THE_EPOCH
}
