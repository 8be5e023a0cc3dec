package io.github.tieredquery.store;

import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import java.util.Optional;

/**
 * A source that can give up rows to an archive. Its database also holds the journal, so that one transaction moves the
 * watermark and deletes the rows.
 */
public interface HotStore extends Source {

    /**
     * The journal.
     *
     * @return the journal; empty if the store was built without one
     */
    Optional<ArchiveJournal> journal();

    /**
     * How the store's times that are kept without a zone stand for instants. Times are instants by default.
     *
     * @return the zone, and which of two instants a repeated time is: {@code Europe/Berlin EARLIER}; the zone alone if
     *     no time is repeated; empty if the store keeps no such times
     */
    default Optional<String> localTimes() {
        return Optional.empty();
    }

    /**
     * Takes a snapshot: what is read from it, the journal's state and all rows, is of one moment.
     *
     * @param control tells when to stop
     * @return the snapshot; the caller closes it
     * @throws IllegalStateException if the store was built without a journal
     * @throws io.github.tieredquery.error.ConfigurationException if the journal's tables don't exist
     */
    HotSnapshot snapshot(ScanControl control);
}
