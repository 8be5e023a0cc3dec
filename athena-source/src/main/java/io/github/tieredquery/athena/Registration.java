package io.github.tieredquery.athena;

import io.github.tieredquery.athena.internal.archive.PartitionRegistration;
import java.util.List;
import java.util.Map;

/** How Athena gets to know of new partitions. Immutable and thread-safe. */
public final class Registration {

    private final PartitionRegistration way;

    private Registration(PartitionRegistration way) {
        this.way = way;
    }

    /**
     * {@code ALTER TABLE … ADD PARTITION}, many in one statement: exactly those that were written. The default.
     *
     * @return the way
     */
    public static Registration addPartition() {
        return new Registration(new PartitionRegistration.AddPartition());
    }

    /**
     * {@code MSCK REPAIR TABLE}: lists the whole table's prefix each time, which takes long for a big archive, and
     * needs nothing but the files. It passes over values with a colon, so the archiver refuses such rows.
     *
     * @return the way
     */
    public static Registration msck() {
        return new Registration(new PartitionRegistration.Msck());
    }

    /**
     * Partition projection: nothing is registered, Athena works the partitions out from the query. Only for layouts
     * {@linkplain io.github.tieredquery.partition.HivePartitionLayout#withoutVersion() without a version}, since
     * versions can't be worked out; so with one archiver at a time and without sweeps. There is no list of partitions
     * in which a reader could find out that one is missing, as it does with the other ways: where the table's
     * properties don't cover a partition, its rows are silently missing from results. So the archiver refuses values
     * that aren't projected, and columns that are injected.
     *
     * @param firstYear the first year that is projected, inclusive, 0 or later; rows of other years aren't found
     * @param lastYear the last year that is projected, inclusive, 9999 or earlier
     * @param values for filter columns of the layout the values that are projected, as texts, a few dozen at most; rows
     *     with others aren't found. A column that isn't named here is injected: Athena then refuses queries that don't
     *     say its value
     * @return the way
     * @throws IllegalArgumentException if the years aren't 0 to 9999 in order, or if a column has no values, or one
     *     with a comma
     */
    public static Registration projection(int firstYear, int lastYear, Map<String, List<String>> values) {
        return new Registration(new PartitionRegistration.Projection(firstYear, lastYear, values));
    }

    /** What it is within the library. */
    PartitionRegistration way() {
        return way;
    }

    /** What it is, with the years and values of a projection. */
    @Override
    public String toString() {
        return way.toString();
    }
}
