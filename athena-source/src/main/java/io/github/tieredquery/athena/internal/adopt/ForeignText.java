package io.github.tieredquery.athena.internal.adopt;

import io.github.tieredquery.athena.format.ColdFormat;
import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.sql.ForeignStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gzip text files for a table that another job has made, in the dialect of its SerDe: as many header lines, the same
 * delimiter, quote and escape, and fields by the order of the table's columns; those that no column of the library's
 * table is mapped to are NULL, or empty.
 */
public final class ForeignText implements FileFormat {

    private final ForeignStorage storage;

    public ForeignText(ForeignStorage storage) {
        this.storage = storage;
    }

    @Override
    public ColdFormat form() {
        return ColdFormat.CSV;
    }

    @Override
    public String suffix() {
        return ".csv.gz";
    }

    @Override
    public Writer open(Path target, List<FileColumn> columns) throws IOException {
        List<String> names = columns.stream().map(FileColumn::name).toList();
        int[] positions = storage.names().stream().mapToInt(names::indexOf).toArray();
        TextWriter writer = new TextWriter(storage, positions, target);
        try {
            for (int line = 0; line < storage.headerLines(); line++) {
                writer.header(line == 0 ? storage.names() : List.of());
            }
            return writer;
        } catch (IOException | RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private static final class TextWriter extends GzipTextWriter {

        private final ForeignStorage storage;
        private final int[] positions;

        TextWriter(ForeignStorage storage, int[] positions, Path target) throws IOException {
            super(target);
            this.storage = storage;
            this.positions = positions;
        }

        void header(List<String> names) throws IOException {
            out.write(String.join(String.valueOf(storage.delimiter()), names));
            out.write('\n');
        }

        @Override
        public void write(@Nullable Object[] values) throws IOException {
            for (int i = 0; i < positions.length; i++) {
                if (i > 0) {
                    out.write(storage.delimiter());
                }
                writeField(positions[i] < 0 ? null : (String) values[positions[i]]);
            }
            out.write('\n');
        }

        private void writeField(@Nullable String text) throws IOException {
            boolean quoted = storage.serde() == ForeignStorage.Serde.OPEN_CSV;
            if (text == null) {
                out.write(quoted ? "" : storage.nullText());
                return;
            }
            char escaped = quoted ? storage.quote() : storage.delimiter();
            char escape = storage.escape();
            if (quoted) {
                out.write(storage.quote());
            }
            for (int i = 0; i < text.length(); i++) {
                char unit = text.charAt(i);
                if (escape != '\0' && (unit == escaped || unit == escape)) {
                    out.write(escape);
                }
                out.write(unit);
            }
            if (quoted) {
                out.write(storage.quote());
            }
        }
    }
}
