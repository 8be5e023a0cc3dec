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
     * Takes a snapshot: what is read from it, the journal's state and all rows, is of one moment.
     *
     * @param control tells when to stop
     * @return the snapshot; the caller closes it
     * @throws IllegalStateException if the store was built without a journal
     * @throws io.github.tieredquery.error.ConfigurationException if the journal's tables don't exist
     */
    HotSnapshot snapshot(ScanControl control);
}
