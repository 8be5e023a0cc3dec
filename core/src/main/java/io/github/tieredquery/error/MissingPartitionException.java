package io.github.tieredquery.error;

/**
 * The archive's manifest lists rows in a partition that the cold table doesn't know, so an answer would silently lack
 * them. The message may reach a client: instead of values that restrict the query
 * ({@link io.github.tieredquery.TieredQuery#restrictedTo}) it has {@code …}, and {@link #partition} has them all.
 */
public class MissingPartitionException extends TieredQueryException {

    private static final long serialVersionUID = 1L;

    private final String partition;

    /**
     * An error.
     *
     * @param message what failed, where, and what to do
     * @param partition the path of the first partition that is missing
     */
    public MissingPartitionException(String message, String partition) {
        super(message, null);
        this.partition = partition;
    }

    /**
     * The first partition that is missing, for operators' eyes only: its path tells what a client may not know.
     *
     * @return the path below the table's location, with every value as it stands there
     */
    public String partition() {
        return partition;
    }
}
