package io.github.tieredquery.athena.format;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How Athena gets to know of new partitions. Immutable and thread-safe. */
public sealed interface Registration {

    /**
     * {@code ALTER TABLE … ADD PARTITION}, many in one statement: exactly those that were written. The default.
     *
     * @return the way
     */
    static Registration addPartition() {
        return new AddPartition();
    }

    /**
     * {@code MSCK REPAIR TABLE}: lists the whole table's prefix each time, which takes long for a big archive, and
     * needs nothing but the files. It passes over values with a colon, so the archiver refuses such rows.
     *
     * @return the way
     */
    static Registration msck() {
        return new Msck();
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
    static Registration projection(int firstYear, int lastYear, Map<String, List<String>> values) {
        return new Projection(firstYear, lastYear, values);
    }

    /** What {@link #addPartition} gives. */
    record AddPartition() implements Registration {}

    /** What {@link #msck} gives. */
    record Msck() implements Registration {}

    /**
     * What {@link #projection} gives.
     *
     * @param firstYear the first year, inclusive
     * @param lastYear the last year, inclusive
     * @param values the values of filter columns that aren't injected
     */
    record Projection(int firstYear, int lastYear, Map<String, List<String>> values) implements Registration {

        /** Checks its parts, as {@link Registration#projection} says. */
        public Projection {
            if (firstYear < 0 || lastYear > 9999 || lastYear < firstYear) {
                throw new IllegalArgumentException("the projected years are " + firstYear + " to " + lastYear
                        + "; say years from 0 to 9999, the first one first");
            }
            Map<String, List<String>> copy = new LinkedHashMap<>();
            values.forEach((column, projected) -> {
                if (projected.isEmpty() || projected.stream().anyMatch(each -> each.contains(","))) {
                    throw new IllegalArgumentException("the projected values of '" + column + "' are " + projected
                            + "; there is at least one, and none has a comma");
                }
                copy.put(column, List.copyOf(projected));
            });
            values = Collections.unmodifiableMap(copy);
        }
    }
}
