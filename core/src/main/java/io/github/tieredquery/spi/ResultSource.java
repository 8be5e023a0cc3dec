package io.github.tieredquery.spi;

import java.util.Optional;

/**
 * A source whose results are kept by the backend for a while. Its {@link #open} gives {@link ResultCursor}s, and what
 * one of them left unread can be read later, by another process too, without the scan being run again.
 */
public interface ResultSource extends Source {

    /**
     * Opens the rest of the result of a scan.
     *
     * @param scan the scan, equal to the one that was opened
     * @param place what the cursor told. It may come from a stranger: it must not lead to the result of anything but
     *     this scan
     * @param control tells when to stop
     * @return the rest of the rows; empty if the result is gone, or isn't this scan's
     */
    Optional<ResultCursor> resume(Scan scan, ResultPlace place, ScanControl control);
}
