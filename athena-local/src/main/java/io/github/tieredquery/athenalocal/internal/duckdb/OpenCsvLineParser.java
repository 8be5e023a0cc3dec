package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The OpenCSVSerDe: quotes are doubled or escaped, an escape before anything else vanishes, nothing is NULL but a
 * missing field, and a field whose quote isn't closed on its line is lost.
 */
final class OpenCsvLineParser extends LineParser {
    private final byte separator;
    private final byte quote;
    private final int escape;
    private byte[] field = new byte[1024];
    private int length;

    OpenCsvLineParser(Storage storage, int columns, OutputStream out) {
        super(columns, out);
        separator = (byte) storage.delimiter();
        quote = (byte) storage.quote();
        escape = storage.escape() == null ? -1 : (byte) (char) storage.escape();
    }

    @Override
    void split(byte[] line, int end) throws IOException {
        if (field.length < end) {
            field = new byte[Math.max(end, field.length * 2)];
        }
        if (end == 0) {
            return;
        }
        length = 0;
        boolean quoted = false;
        boolean inside = false;
        for (int i = 0; i < end; i++) {
            byte c = line[i];
            if (c == escape) {
                if ((quoted || inside) && i + 1 < end && (line[i + 1] == quote || line[i + 1] == escape)) {
                    field[length++] = line[++i];
                }
            } else if (c == quote) {
                if ((quoted || inside) && i + 1 < end && line[i + 1] == quote) {
                    field[length++] = line[++i];
                } else {
                    if (isAmidField(line, i, end)) {
                        if (length > 0 && isBlank()) {
                            length = 0;
                        } else {
                            field[length++] = c;
                        }
                    }
                    quoted = !quoted;
                }
                inside = !inside;
            } else if (c == separator && !quoted) {
                field(field, 0, length);
                length = 0;
                inside = false;
                if (isFull()) {
                    return;
                }
            } else {
                field[length++] = c;
                inside = true;
            }
        }
        if (!quoted) {
            field(field, 0, length);
        }
    }

    /** Whether a quote stands neither at a field's start nor at its end, and is therefore kept. */
    private boolean isAmidField(byte[] line, int i, int end) {
        return i > 2
                && (i > 8 || characters(line, i) > 2)
                && line[i - 1] != separator
                && i + 1 < end
                && line[i + 1] != separator;
    }

    private boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (field[i] < 0 || !Character.isWhitespace(field[i])) {
                return false;
            }
        }
        return true;
    }

    private static int characters(byte[] line, int end) {
        int characters = 0;
        for (int i = 0; i < end; i++) {
            characters += (line[i] & 0xC0) == 0x80 ? 0 : 1;
        }
        return characters;
    }
}
