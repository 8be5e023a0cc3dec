package io.github.tieredquery.testkit;

/** What a journal can do wrong. A memory store that is told to do it shows whether a test would notice. */
public enum JournalFault {
    /** A lease is believed to be held whoever has taken it over. */
    LEASE_NOT_CHECKED,
    /** An attempt that was given up leaves its version to the next one. */
    VERSION_USED_TWICE,
    /** An attempt whose lease has run out is gone on with under its version, while its process may still write. */
    DEAD_VERSION_GONE_ON_WITH,
    /** A version counts before it is committed. */
    VERSION_NOT_EXCLUDED,
    /** The commit deletes the window's rows without comparing them with what was copied. */
    ROWS_NOT_COMPARED,
    /** A commit that moves the watermark alone doesn't compare the rows, since it deletes none. */
    ROWS_THAT_STAY_NOT_COMPARED,
    /** What a commit has left is deleted by range, whatever it is by now. */
    DELETED_LATER_BY_RANGE,
    /** What a commit has left is deleted although some of it was erased and inserted again. */
    ERASED_ROWS_DELETED_LATER,
    /** An erasure leaves the epoch as it is. */
    ERASURE_KEEPS_THE_EPOCH,
    /** A sweep deletes the late rows whose keys it has copied, whatever they are by now or whether they are there. */
    SWEPT_ROWS_NOT_COMPARED,
    /** A sweep deletes all late rows of its range. */
    SWEPT_BY_RANGE,
    /** A sweep takes no notice of what was erased since its snapshot. */
    ERASED_DURING_A_SWEEP_IGNORED,
    /** A sweep lets the version that it replaces go on counting. */
    REPLACED_VERSION_COUNTS,
    /** A sweep excludes the version that it replaces when it begins. */
    REPLACED_VERSION_EXCLUDED_EARLY,
    /** A recovery gives out again what is known elsewhere. */
    RECOVERY_NUMBERS_NOT_BEYOND,
    /** A recovery numbers beyond what is known elsewhere, and lets it count. */
    RECOVERY_EXCLUDES_NOTHING,
    /** A recovery that is gone on with doesn't know what it has excluded. */
    RECOVERY_FORGETS_WHAT_IT_EXCLUDED
}
