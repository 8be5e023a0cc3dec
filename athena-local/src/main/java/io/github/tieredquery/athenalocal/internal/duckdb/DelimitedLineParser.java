package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The LazySimpleSerDe: no quotes; one text that stands for NULL; perhaps an escape character. */
final class DelimitedLineParser extends LineParser {
    private final byte delimiter;
    private final int escape;
    private final byte[] nullText;
    private byte[] field = new byte[1024];

    DelimitedLineParser(Storage storage, int columns, OutputStream out) {
        super(columns, out);
        delimiter = (byte) storage.delimiter();
        escape = storage.escape() == null ? -1 : (byte) (char) storage.escape();
        nullText = storage.nullText().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    void split(byte[] line, int end) throws IOException {
        int start = 0;
        for (int i = 0; i <= end && !isFull(); i++) {
            if (i < end && line[i] == escape) {
                i++;
            } else if (i == end || line[i] == delimiter) {
                emit(line, start, i);
                start = i + 1;
            }
        }
        if (!isFull() && start <= end && end > 0 && endsEscaped(line, end)) {
            emit(line, start, end);
        }
    }

    /** Whether the line's end was taken for an escaped character. */
    private boolean endsEscaped(byte[] line, int end) {
        int escapes = 0;
        for (int i = end - 1; i >= 0 && line[i] == escape; i--) {
            escapes++;
        }
        return escapes % 2 == 1;
    }

    private void emit(byte[] line, int start, int end) throws IOException {
        if (Arrays.equals(line, start, end, nullText, 0, nullText.length)) {
            nullField();
            return;
        }
        if (escape < 0) {
            field(line, start, end - start);
            return;
        }
        if (field.length < end - start) {
            field = new byte[Math.max(end - start, field.length * 2)];
        }
        int length = 0;
        for (int i = start; i < end; i++) {
            if (line[i] == escape && i + 1 < end) {
                i++;
            }
            field[length++] = line[i];
        }
        field(field, 0, length);
    }
}
