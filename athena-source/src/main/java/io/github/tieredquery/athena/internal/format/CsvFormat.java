package io.github.tieredquery.athena.internal.format;

import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.table.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Gzip CSV as the OpenCSV SerDe reads it: a header, every field quoted, quotes and backslashes after a backslash. */
public final class CsvFormat implements StorageFormat, FileFormat {

    @Override
    public String name() {
        return "CSV";
    }

    @Override
    public String clauses() {
        return "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'\nWITH SERDEPROPERTIES ('separatorChar' ="
                + " ',', 'quoteChar' = '\"', 'escapeChar' = '\\\\')\nSTORED AS TEXTFILE\n";
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("skip.header.line.count", "1");
    }

    @Override
    public boolean isPositional() {
        return true;
    }

    @Override
    public Codec codec(Column column) {
        return TextCodec.csv(column.type(), column.nullable());
    }

    @Override
    public FileFormat writer(String subject) {
        return this;
    }

    @Override
    public String suffix() {
        return ".csv.gz";
    }

    @Override
    public Writer open(Path target, List<FileColumn> columns) throws IOException {
        CsvWriter writer = new CsvWriter(target);
        try {
            writer.write(columns.stream().map(FileColumn::name).toArray());
            return writer;
        } catch (IOException | RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private static final class CsvWriter extends GzipTextWriter {

        CsvWriter(Path target) throws IOException {
            super(target);
        }

        @Override
        public void write(@Nullable Object[] values) throws IOException {
            for (int i = 0; i < values.length; i++) {
                if (i > 0) {
                    out.write(',');
                }
                writeField((String) Objects.requireNonNull(values[i], "every value has a text"));
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
    }
}
