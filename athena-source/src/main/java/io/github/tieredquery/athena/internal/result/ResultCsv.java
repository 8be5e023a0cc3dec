package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.athena.internal.codec.Decoder;
import io.github.tieredquery.error.SourceUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the CSV in which Athena writes results. It differs from other CSV: every value is quoted, and what isn't quoted
 * is NULL, so that a row of one NULL is a blank line. Values are decoded straight from the bytes; the position in the
 * file is known at every row.
 */
public final class ResultCsv implements ResultRows {

    /** A row of Athena's is at most 32 MB; quotes in it are doubled. */
    private static final int LONGEST_ROW_BYTES = 80 << 20;

    private final InputStream in;
    private final String what;
    private final int[] starts;
    private final int[] ends;
    private byte[] bytes;
    private int rowStart;
    private int position;
    private int limit;
    /** Where in the file the buffer starts. */
    private long base;

    private boolean atEnd;

    /**
     * Reads rows.
     *
     * @param in starts at a row, closed with this
     * @param offset where in the file {@code in} starts, in bytes
     * @param columns how many there are in each row
     * @param what what is being read, for messages
     */
    public ResultCsv(InputStream in, long offset, int columns, int bufferBytes, String what) {
        this.in = in;
        this.base = offset;
        this.what = what;
        this.starts = new int[columns];
        this.ends = new int[columns];
        this.bytes = new byte[bufferBytes];
    }

    @Override
    public long offset() {
        return base + position;
    }

    @Override
    public boolean next() {
        rowStart = position;
        if (position == limit && !fill()) {
            return false;
        }
        int column = 0;
        while (readField(column)) {
            column++;
            if (column == starts.length) {
                throw malformed("has more than its " + starts.length + " columns");
            }
        }
        if (column + 1 < starts.length) {
            throw malformed("has " + (column + 1) + " columns and not " + starts.length);
        }
        return true;
    }

    /** Reads a field and what follows it; true if that is a comma, false if the row ends. */
    private boolean readField(int column) {
        if (unitAt(position) == '"') {
            readQuoted(column);
        } else {
            int from = position - rowStart;
            while (unitAt(position) != ',' && bytes[position] != '\n') {
                position++;
            }
            if (position - rowStart > from) {
                throw malformed("has a value without quotes in column " + (column + 1));
            }
            starts[column] = -1;
        }
        byte follows = unitAt(position++);
        if (follows == ',') {
            return true;
        }
        if (follows != '\n') {
            throw malformed("has something after the closing quote of column " + (column + 1));
        }
        return false;
    }

    private void readQuoted(int column) {
        // Relative to the row, since refilling moves the row to the start of the buffer.
        int from = ++position - rowStart;
        int to = -1;
        while (true) {
            int at = position;
            byte[] buffer = bytes;
            int end = limit;
            while (at < end && buffer[at] != '"') {
                at++;
            }
            if (to >= 0) {
                System.arraycopy(buffer, position, buffer, rowStart + to, at - position);
                to += at - position;
            }
            position = at;
            if (at == end) {
                unitAt(at);
                continue;
            }
            if (unitAt(at + 1) != '"') {
                starts[column] = from;
                ends[column] = to >= 0 ? to : position - rowStart;
                position++;
                return;
            }
            // A doubled quote: from the first one on, the value is moved together over the quotes left out.
            if (to < 0) {
                to = position - rowStart;
            }
            bytes[rowStart + to++] = '"';
            position += 2;
        }
    }

    /** A byte of the row; reads on if it isn't in the buffer, which moves the row. */
    private byte unitAt(int index) {
        if (index < limit) {
            return bytes[index];
        }
        int relative = index - rowStart;
        if (!fill()) {
            throw malformed("ends in its middle: the file is cut off");
        }
        return bytes[rowStart + relative];
    }

    private boolean fill() {
        if (atEnd) {
            return false;
        }
        if (rowStart > 0) {
            System.arraycopy(bytes, rowStart, bytes, 0, limit - rowStart);
            base += rowStart;
            position -= rowStart;
            limit -= rowStart;
            rowStart = 0;
        } else if (limit == bytes.length) {
            if (limit >= LONGEST_ROW_BYTES) {
                throw malformed("is longer than " + LONGEST_ROW_BYTES + " bytes");
            }
            bytes = Arrays.copyOf(bytes, limit * 2);
        }
        int read;
        try {
            read = in.read(bytes, limit, bytes.length - limit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (read < 0) {
            atEnd = true;
            return false;
        }
        limit += read;
        return true;
    }

    @Override
    public @Nullable Object value(int column, Decoder decoder) {
        int start = starts[column];
        return start < 0 ? null : decoder.decode(bytes, rowStart + start, rowStart + ends[column]);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SourceUnavailableException malformed(String problem) {
        return new SourceUnavailableException(
                what + ": the row at byte " + (base + rowStart) + " of the result " + problem);
    }
}
