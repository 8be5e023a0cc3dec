package io.github.tieredquery.store;

/**
 * What was removed of dead versions. Immutable.
 *
 * @param versions how many versions, those that had nothing included
 * @param partitions how many partitions were dropped from the catalog
 * @param files how many files were deleted
 * @param bytes how many bytes they had
 */
public record Removed(int versions, long partitions, long files, long bytes) {

    /** Nothing. */
    public static final Removed NOTHING = new Removed(0, 0, 0, 0);

    /**
     * What was removed both times.
     *
     * @param other of other versions
     * @return the sums
     */
    public Removed plus(Removed other) {
        return new Removed(
                versions + other.versions, partitions + other.partitions, files + other.files, bytes + other.bytes);
    }
}
