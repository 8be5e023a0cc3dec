package io.github.tieredquery.spi;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which versions of archived rows a scan may see: those up to the ceiling that are not excluded. It fixes what a reader
 * gets whatever is published while it reads. Immutable.
 *
 * @param ceiling the newest version that may be seen, inclusive; 0 shows nothing
 * @param excluded versions at or below the ceiling that may not be seen
 */
public record VisibleVersions(long ceiling, SortedSet<Long> excluded) {

    /** Copies the set. */
    public VisibleVersions {
        excluded = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(excluded));
    }

    /**
     * Whether a version may be seen.
     *
     * @param version the version
     * @return whether it is at or below the ceiling and not excluded
     */
    public boolean shows(long version) {
        return version <= ceiling && !excluded.contains(version);
    }
}
