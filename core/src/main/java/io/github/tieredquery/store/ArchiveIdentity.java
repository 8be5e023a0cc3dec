package io.github.tieredquery.store;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Table;

/**
 * With which table and layout an archive is written. A process that is configured otherwise would put rows where nobody
 * looks for them, or look where they aren't. Immutable.
 *
 * @param text the table's and the layout's description
 */
public record ArchiveIdentity(String text) {

    /**
     * The identity of a set-up.
     *
     * @param table the table
     * @param layout the layout of its archive
     * @return the identity
     */
    public static ArchiveIdentity of(Table table, HivePartitionLayout layout) {
        return new ArchiveIdentity(table.describe() + " partitioned " + layout.describe());
    }

    /**
     * Fails if an archive was written otherwise.
     *
     * @param written the identity that the journal keeps
     * @throws ConfigurationException with both texts
     */
    public void check(String written) {
        if (!written.equals(text)) {
            throw new ConfigurationException("the archive was written with\n  " + written
                    + "\nbut this process is configured with\n  " + text
                    + "\nConfigure it as the archive was written, or use another journal");
        }
    }
}
