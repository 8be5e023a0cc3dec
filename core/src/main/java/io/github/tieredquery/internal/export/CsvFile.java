package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes rows as CSV to a stream, one at a time. For one thread. Whoever makes it calls {@link #finish}; the stream
 * stays the caller's to close.
 */
public final class CsvFile {

    private static final int BUFFER_BYTES = 64 << 10;

    private final CsvText text;
    private final OutputStream out;

    private CsvFile(CsvText text, OutputStream out) {
        this.text = text;
        this.out = out;
    }

    /**
     * Starts a file with its header.
     *
     * @param type the columns; rows may have more after them
     * @param options how to write
     * @param target where to
     * @return the file
     * @throws IOException if the stream can't be written to
     */
    public static CsvFile start(RowType type, CsvOptions options, OutputStream target) throws IOException {
        OutputStream out = options.isGzip()
                ? new GZIPOutputStream(target, BUFFER_BYTES)
                : new BufferedOutputStream(target, BUFFER_BYTES);
        out.write(CsvText.start(type, options));
        return new CsvFile(new CsvText(type, options), out);
    }

    /**
     * Writes a row.
     *
     * @param row the row
     * @throws IOException if the stream can't be written to
     */
    public void write(Row row) throws IOException {
        text.write(row, out);
    }

    /**
     * Writes what is still in memory, and the end of a packed file.
     *
     * @throws IOException if the stream can't be written to
     */
    public void finish() throws IOException {
        if (out instanceof GZIPOutputStream packed) {
            packed.finish();
        }
        out.flush();
    }
}
