package io.github.tieredquery.athena.internal.adopt;

import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.format.GzipTextWriter;
import io.github.tieredquery.table.ColumnType;
import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gzip text files in the dialect of a SerDe: as many header lines, the same delimiter, quote and escape, and fields by
 * the order of the table's columns; those that no column of the library's table is mapped to are NULL, or empty.
 */
abstract class AdoptedText extends LegacyStorage implements FileFormat {

    /** In properties of escapes: there is none. */
    static final char NONE = '\0';

    private final Description description;

    AdoptedText(Description description) {
        super(description, "TEXTFILE");
        this.description = description;
    }

    /** The first character of a property of the SerDe. */
    final char character(String property, char otherwise) {
        String text = description.serdeProperties().get(property);
        return text == null || text.isEmpty() ? otherwise : text.charAt(0);
    }

    final String property(String property, String otherwise) {
        return description.serdeProperties().getOrDefault(property, otherwise);
    }

    /** What parts fields. */
    abstract char delimiter();

    /** What stands before a character that would mean something, {@link #NONE} if there is none. */
    abstract char escape();

    /** The text of a value that is neither NULL nor a plain number, without quotes and escapes. */
    abstract String text(Object stored);

    /** Writes a field. */
    abstract void write(BufferedWriter out, @Nullable String text) throws IOException;

    /** Writes a text with an escape before each character that is one, or is the other. */
    final void escaped(BufferedWriter out, String text, char special) throws IOException {
        char escape = escape();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (escape != NONE && (unit == special || unit == escape)) {
                out.write(escape);
            }
            out.write(unit);
        }
    }

    @Override
    final ColumnType storedType(Codec codec) {
        return ColumnType.STRING;
    }

    @Override
    final boolean holdsAnyDouble() {
        return false;
    }

    @Override
    @Nullable
    String field(@Nullable Object stored) {
        if (stored == null) {
            return null;
        }
        String text = stored instanceof BigDecimal number ? number.toPlainString() : text(stored);
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("it has a line break, which ends a row of the table's files");
        }
        return text;
    }

    @Override
    public final FileFormat writer(String subject) {
        return this;
    }

    @Override
    public final String name() {
        return description.serde();
    }

    @Override
    public final String suffix() {
        return ".csv.gz";
    }

    @Override
    public final Writer open(Path target, List<FileColumn> columns) throws IOException {
        List<String> names = columns.stream().map(FileColumn::name).toList();
        int[] positions = columns().keySet().stream().mapToInt(names::indexOf).toArray();
        TextWriter writer = new TextWriter(this, positions, target);
        try {
            for (int line = 0; line < headerLines(); line++) {
                writer.header(line == 0 ? List.copyOf(columns().keySet()) : List.of());
            }
            return writer;
        } catch (IOException | RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private static final class TextWriter extends GzipTextWriter {

        private final AdoptedText storage;
        private final int[] positions;

        TextWriter(AdoptedText storage, int[] positions, Path target) throws IOException {
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
                storage.write(out, positions[i] < 0 ? null : (String) values[positions[i]]);
            }
            out.write('\n');
        }
    }
}
