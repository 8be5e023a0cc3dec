package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.format.FileFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.jspecify.annotations.Nullable;

/** One Parquet file on the local disk. */
final class ParquetFile implements FileFormat.Writer {

    private static final long ROW_GROUP_BYTES = 8L << 20;
    private static final int PAGE_BYTES = 256 << 10;

    private final ParquetWriter<@Nullable Object[]> writer;
    private boolean closed;
    private long finalBytes;

    ParquetFile(Path target, List<FileFormat.FileColumn> columns) throws IOException {
        this.writer = new Builder(new LocalOutputFile(target), new RowWriteSupport(columns))
                .withConf(new PlainParquetConfiguration())
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .withPageSize(PAGE_BYTES)
                .build();
    }

    @Override
    public void write(@Nullable Object[] values) throws IOException {
        writer.write(values);
    }

    @Override
    public long bytes() {
        return closed ? finalBytes : writer.getDataSize();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try {
                // A closed writer can't tell any more, and one that has failed may not be able to tell either.
                finalBytes = writer.getDataSize();
            } finally {
                writer.close();
            }
        }
    }

    private static final class Builder extends ParquetWriter.Builder<@Nullable Object[], Builder> {

        private final RowWriteSupport support;

        Builder(OutputFile file, RowWriteSupport support) {
            super(file);
            this.support = support;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation")
        protected WriteSupport<@Nullable Object[]> getWriteSupport(Configuration configuration) {
            return support;
        }

        @Override
        protected WriteSupport<@Nullable Object[]> getWriteSupport(ParquetConfiguration configuration) {
            return support;
        }
    }
}
