package io.github.tieredquery.export;

/** How an export is getting on. Immutable. */
public sealed interface ExportStatus {

    /** What is being done. */
    enum Phase {
        /** The cold source writes its rows. */
        COLD,
        /** The object is put together: copied by the store, and hot rows uploaded. */
        ASSEMBLING
    }

    /**
     * It isn't finished: call {@link Exporter#advance} again.
     *
     * @param phase what is being done
     * @param rows how many hot rows are written so far; rows that the store copies aren't counted
     * @param bytes how many bytes of the object are in place
     * @param bytesExpected how many bytes it will have by what is known so far; -1 if unknown
     */
    record Running(Phase phase, long rows, long bytes, long bytesExpected) implements ExportStatus {}

    /**
     * The object is there.
     *
     * @param object the object, or the list of Parquet files, one address a line
     * @param rows how many hot rows were written; rows that the store copied and those of Parquet files aren't counted
     * @param clientBytes how many of its bytes have passed through clients
     */
    record Done(StoredObject object, long rows, long clientBytes) implements ExportStatus {}

    /**
     * It can't be finished. Nothing runs any more and nothing is left over.
     *
     * @param problem why, and what to do
     */
    record Failed(String problem) implements ExportStatus {}

    /** It was cancelled. Nothing runs any more and nothing is left over. */
    record Cancelled() implements ExportStatus {}

    /**
     * Whether it has ended, one way or another.
     *
     * @return whether advancing would change nothing
     */
    default boolean isOver() {
        return !(this instanceof Running);
    }
}
