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
    /** Rows that the commit has left ({@link ArchiverBuilder#rowsPerDelete}) are being deleted. */
    DELETE,
    /** The window is archived, or swept. */
    DONE
}
