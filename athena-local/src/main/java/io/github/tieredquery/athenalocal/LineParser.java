package io.github.tieredquery.athenalocal;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Splits the lines of a text file into fields as the table's SerDe does, and writes them in the one CSV dialect that
 * loses nothing: every value in quotes, NULL as nothing at all.
 */
abstract class LineParser {
    private final int columns;
    private final OutputStream out;
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
        out.write(fileNumber);
        written = 0;
        split(line, length);
        while (written < columns) {
            nullField();
        }
        out.write('\n');
    }

    abstract void split(byte[] line, int length) throws IOException;

    final boolean isFull() {
        return written >= columns;
    }

    final void nullField() throws IOException {
        if (!isFull()) {
            out.write(',');
        }
        written++;
    }

    final void field(byte[] text, int offset, int length) throws IOException {
        if (!isFull()) {
            out.write(',');
            out.write('"');
            int start = offset;
            for (int i = offset; i < offset + length; i++) {
                if (text[i] == '"') {
                    out.write(text, start, i - start);
                    out.write('"');
                    start = i;
                }
            }
            out.write(text, start, offset + length - start);
            out.write('"');
        }
        written++;
    }
}
