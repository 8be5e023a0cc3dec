package io.github.tieredquery.store;

import org.jspecify.annotations.Nullable;

/**
 * What a journal knows of its archive's past. Immutable.
 *
 * @param archive tells archives apart: a random text that was drawn when the archive was begun
 * @param left the last mark that is known to have been at the archive's place, or else the first one that was issued;
 *     null if none ever was
 * @param version the highest version that was given out; 0 if none was
 * @param epoch how many commits there were
 */
public record ArchiveHistory(String archive, @Nullable ArchiveMark left, long version, long epoch) {

    /**
     * Whether versions were given out, and no mark: so it is in an archive that was begun before there were marks,
     * until its next run, and in each backup of that time. What it is told by is drawn anew in each of them.
     *
     * @return whether nothing tells this archive from others yet
     */
    public boolean isOlderThanMarks() {
        return left == null && version > 0;
    }
}
