package io.github.tieredquery.athena;

import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Gzip CSV as the OpenCSV SerDe reads it: a header, every field quoted, quotes and backslashes after a backslash. */
final class CsvFormat implements FileFormat {

    private static final int BUFFER_BYTES = 64 << 10;

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
        CsvWriter writer = new CsvWriter(Files.newOutputStream(target, StandardOpenOption.CREATE_NEW));
        try {
            writer.write(columns.stream().map(FileColumn::name).toArray());
            return writer;
        } catch (IOException | RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private static final class CsvWriter implements Writer {

        private final CountingStream file;
        private final BufferedWriter out;

        CsvWriter(OutputStream target) throws IOException {
            file = new CountingStream(target);
            out = new BufferedWriter(
                    new OutputStreamWriter(new GZIPOutputStream(file, BUFFER_BYTES), StandardCharsets.UTF_8),
                    BUFFER_BYTES);
        }

        @Override
        public void write(@Nullable Object[] values) throws IOException {
            for (int i = 0; i < values.length; i++) {
                if (i > 0) {
                    out.write(',');
                }
                writeField((String) java.util.Objects.requireNonNull(values[i], "every value has a text"));
            }
            out.write('\n');
        }

        private void writeField(String text) throws IOException {
            out.write('"');
            int plainFrom = 0;
            for (int i = 0; i < text.length(); i++) {
                char unit = text.charAt(i);
                if (unit == '"' || unit == '\\') {
                    out.write(text, plainFrom, i - plainFrom);
                    out.write('\\');
                    plainFrom = i;
                }
            }
            out.write(text, plainFrom, text.length() - plainFrom);
            out.write('"');
        }

        @Override
        public long bytes() {
            return file.count;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private static final class CountingStream extends FilterOutputStream {

        private long count;

        CountingStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int unit) throws IOException {
            out.write(unit);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
