package io.github.tieredquery.store;

/**
 * What was removed of dead versions. Immutable.
 *
 * @param versions how many versions, those that had nothing included
 * @param partitions how many partitions were dropped from the catalog
 * @param files how many files were deleted
 * @param bytes how many bytes they had
 */
public record CleanUpResult(int versions, long partitions, long files, long bytes) {

    /** Nothing. */
    public static final CleanUpResult NOTHING = new CleanUpResult(0, 0, 0, 0);

    /**
     * What was removed both times.
     *
     * @param other of other versions
     * @return the sums
     */
    public CleanUpResult plus(CleanUpResult other) {
        return new CleanUpResult(
                versions + other.versions, partitions + other.partitions, files + other.files, bytes + other.bytes);
    }
}
