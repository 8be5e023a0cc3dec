package io.github.tieredquery.athena.internal.archive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How Athena gets to know of new partitions. Immutable. */
public sealed interface PartitionRegistration {

    /** By ALTER TABLE … ADD PARTITION. */
    record AddPartition() implements PartitionRegistration {}

    /** By MSCK REPAIR TABLE. */
    record Msck() implements PartitionRegistration {}

    /**
     * By partition projection.
     *
     * @param firstYear the first year, inclusive
     * @param lastYear the last year, inclusive
     * @param values the values of filter columns that aren't injected
     */
    record Projection(int firstYear, int lastYear, Map<String, List<String>> values) implements PartitionRegistration {

        /** Checks that Athena can look for the years and the values. */
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
