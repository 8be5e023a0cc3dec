package io.github.tieredquery.internal.export;

/** How cold rows get to the object. */
public enum ExportTransfer {
    /** The cold source writes them to a file, which the store copies. */
    SERVER_SIDE_COPY,
    /** They are read as a query reads them, and uploaded. */
    CLIENT,
    /** The cold source writes Parquet files into the target's folder; hot rows stand in its statements. */
    UNLOAD
}
