package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Splits the lines of a text file into fields as the table's SerDe does, and writes them in the one CSV dialect that
 * loses nothing: every value in quotes, NULL as nothing at all.
 */
abstract class LineParser {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final int columns;
    private final OutputStream out;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int used;
    private int written;

    LineParser(int columns, OutputStream out) {
        this.columns = columns;
        this.out = out;
    }

    static LineParser of(Storage storage, int columns, OutputStream out) {
        return storage.format() == Storage.Format.OPEN_CSV
                ? new OpenCsvLineParser(storage, columns, out)
                : new DelimitedLineParser(storage, columns, out);
    }

    /** Writes one line's row, after the number of its file. */
    final void row(byte[] fileNumber, byte[] line, int length) throws IOException {
        written = 0;
        room(fileNumber.length);
        System.arraycopy(fileNumber, 0, buffer, used, fileNumber.length);
        used += fileNumber.length;
        split(line, length);
        while (written < columns) {
            nullField();
        }
        room(1);
        buffer[used++] = '\n';
    }

    abstract void split(byte[] line, int length) throws IOException;

    final boolean isFull() {
        return written >= columns;
    }

    final void nullField() throws IOException {
        if (!isFull()) {
            room(1);
            buffer[used++] = ',';
        }
        written++;
    }

    final void field(byte[] text, int offset, int length) throws IOException {
        if (!isFull()) {
            room(2 * length + 3);
            buffer[used++] = ',';
            buffer[used++] = '"';
            for (int i = offset; i < offset + length; i++) {
                byte c = text[i];
                if (c == '"') {
                    buffer[used++] = '"';
                }
                buffer[used++] = c;
            }
            buffer[used++] = '"';
        }
        written++;
    }

    /** Hands on what is written so far. */
    final void flush() throws IOException {
        out.write(buffer, 0, used);
        used = 0;
    }

    private void room(int bytes) throws IOException {
        if (used + bytes > buffer.length) {
            flush();
            if (bytes > buffer.length) {
                buffer = new byte[bytes];
            }
        }
    }
}
