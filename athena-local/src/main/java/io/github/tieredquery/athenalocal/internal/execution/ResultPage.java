package io.github.tieredquery.athenalocal.internal.execution;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a result file from a byte offset on.
 *
 * @param rows their values, null for NULL
 * @param nextOffset where the next page begins
 */
public record ResultPage(List<List<@Nullable String>> rows, long nextOffset) {

    public static ResultPage csv(Path file, long offset, int maxRows) throws IOException {
        try (InputStream in = open(file, offset)) {
            List<List<@Nullable String>> rows = new ArrayList<>();
            CsvRows csv = new CsvRows(in);
            while (rows.size() < maxRows) {
                List<@Nullable String> row = csv.next();
                if (row == null) {
                    break;
                }
                rows.add(row);
            }
            return new ResultPage(rows, offset + csv.consumed);
        }
    }

    /** Each line is one value. */
    public static ResultPage lines(Path file, long offset, int maxRows) throws IOException {
        List<List<@Nullable String>> rows = new ArrayList<>();
        long position = offset;
        try (InputStream in = open(file, offset)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int one = 0;
            while (rows.size() < maxRows && one >= 0) {
                one = in.read();
                position += one >= 0 ? 1 : 0;
                if (one == '\n' || (one < 0 && line.size() > 0)) {
                    rows.add(List.of(line.toString(StandardCharsets.UTF_8)));
                    line.reset();
                } else if (one >= 0) {
                    line.write(one);
                }
            }
        }
        return new ResultPage(rows, position);
    }

    private static InputStream open(Path file, long offset) throws IOException {
        InputStream in = Files.newInputStream(file);
        in.skipNBytes(offset);
        return new BufferedInputStream(in, 64 * 1024);
    }

    /** Reads the CSV that Athena writes: what isn't quoted is NULL. */
    private static final class CsvRows {
        private final InputStream in;
        private final ByteArrayOutputStream value = new ByteArrayOutputStream();
        private long consumed;

        CsvRows(InputStream in) {
            this.in = in;
        }

        @Nullable
        List<@Nullable String> next() throws IOException {
            int c = read();
            if (c < 0) {
                return null;
            }
            List<@Nullable String> row = new ArrayList<>();
            while (true) {
                if (c == '"') {
                    c = quoted();
                    row.add(value.toString(StandardCharsets.UTF_8));
                } else {
                    row.add(null);
                }
                if (c != ',') {
                    return row;
                }
                c = read();
            }
        }

        /** Returns what follows the closing quote. */
        private int quoted() throws IOException {
            value.reset();
            while (true) {
                int c = read();
                if (c == '"') {
                    c = read();
                    if (c != '"') {
                        return c;
                    }
                }
                if (c < 0) {
                    return c;
                }
                value.write(c);
            }
        }

        private int read() throws IOException {
            int c = in.read();
            consumed += c < 0 ? 0 : 1;
            return c;
        }
    }
}
