package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.AdoptionContract;
import io.github.tieredquery.athena.ColumnEncoding;
import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.format.FileFormat.FileColumn;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Athena's own types, timestamps among them. */
class ParquetAdoptionTest extends AdoptionContract {

    @Override
    protected String columns() {
        return "ts timestamp, event_id bigint, amount decimal(10,2), extra string, note string";
    }

    @Override
    protected String storage() {
        return "STORED AS PARQUET";
    }

    @Override
    protected String suffix() {
        return ".parquet";
    }

    @Override
    protected byte[] file(List<Row> rows) {
        try {
            Path directory = Files.createTempDirectory("adopted");
            Path file = directory.resolve("part.parquet");
            List<FileColumn> columns = List.of(
                    new FileColumn("ts", ColumnType.TIMESTAMP, true),
                    new FileColumn("event_id", ColumnType.INT64, true),
                    new FileColumn("amount", ColumnType.decimal(10, 2), true),
                    new FileColumn("extra", ColumnType.STRING, true),
                    new FileColumn("note", ColumnType.STRING, true));
            try (FileFormat.Writer writer = new ParquetFormat().open(file, columns)) {
                for (Row row : rows) {
                    writer.write(
                            new @Nullable Object[] {row.value(0), row.value(1), row.value(3), "whatever", row.value(4)
                            });
                }
            }
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            Files.delete(directory);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void describe(Columns columns) {
        columns.column("at", "ts", ColumnEncoding.natively().lossAccepted());
        columns.column("id", "event_id", ColumnEncoding.natively());
    }

    @Override
    protected Map.Entry<Row, String> unholdable() {
        return Map.entry(
                payment(Instant.parse("2024-03-13T00:00:00.000001Z"), 9, "c", "1.00", "x"),
                "'at': it isn't a whole millisecond, and the table's times are");
    }
}
