package io.github.tieredquery.archive;

/** The steps of archiving or sweeping a window. */
public enum ArchivePhase {
    /** The rows are being copied into files. */
    COPY,
    /** The partitions are being registered. */
    PUBLISH,
    /** The cold store is being asked what it sees. */
    VERIFY,
    /** The rows are being compared once more and deleted, and the watermark moved. */
    COMMIT,
    /** The window is archived, or swept. */
    DONE
}
