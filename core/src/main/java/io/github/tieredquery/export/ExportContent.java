package io.github.tieredquery.export;

import java.io.IOException;
import java.io.InputStream;

/** Bytes that can be read more than once, since a request may be sent again. */
public interface ExportContent {

    /**
     * How many there are.
     *
     * @return the number of bytes
     */
    long bytes();

    /**
     * Reads them from the start.
     *
     * @return a stream of exactly {@link #bytes} bytes; the caller closes it
     * @throws IOException if they can't be read
     */
    InputStream open() throws IOException;
}
