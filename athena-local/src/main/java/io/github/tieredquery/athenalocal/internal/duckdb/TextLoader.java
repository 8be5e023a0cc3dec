package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Rewrites text files, compressed or not, into one CSV file that DuckDB reads without loss. */
final class TextLoader implements AutoCloseable {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final Storage storage;
    private final OutputStream out;
    private final LineParser parser;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private byte[] line = new byte[4096];
    private int length;
    private int longestLine;

    TextLoader(Storage storage, int columns, Path target) throws IOException {
        this.storage = storage;
        out = Files.newOutputStream(target);
        parser = LineParser.of(storage, columns, out);
    }

    /** The length of the longest line so far, in bytes. */
    int longestLine() {
        return longestLine;
    }

    /** Appends the rows of a file. */
    void append(int fileNumber, Path file) throws IOException {
        byte[] number = Integer.toString(fileNumber).getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = open(file)) {
            int skip = storage.headerLines();
            boolean afterReturn = false;
            length = 0;
            boolean pending = false;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int start = 0;
                for (int i = 0; i < read; i++) {
                    byte c = buffer[i];
                    if (c == '\n' && afterReturn) {
                        start = i + 1;
                        afterReturn = false;
                    } else if (c == '\n' || c == '\r') {
                        keep(start, i);
                        start = i + 1;
                        if (skip > 0) {
                            skip--;
                            length = 0;
                        } else {
                            endLine(number);
                        }
                        pending = false;
                        afterReturn = c == '\r';
                    } else {
                        afterReturn = false;
                    }
                }
                keep(start, read);
                pending |= read > start;
                if (Thread.currentThread().isInterrupted()) {
                    throw new IOException("Reading was interrupted.");
                }
            }
            if (pending && skip == 0) {
                endLine(number);
            }
        }
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        return file.toString().endsWith(".gz") ? new GZIPInputStream(in, BUFFER_BYTES) : in;
    }

    private void keep(int start, int end) {
        int added = end - start;
        if (length + added > line.length) {
            line = Arrays.copyOf(line, Math.max(length + added, line.length * 2));
        }
        System.arraycopy(buffer, start, line, length, added);
        length += added;
    }

    private void endLine(byte[] number) throws IOException {
        parser.row(number, line, length);
        longestLine = Math.max(longestLine, length);
        length = 0;
    }

    @Override
    public void close() throws IOException {
        try (out) {
            parser.flush();
        }
    }
}
