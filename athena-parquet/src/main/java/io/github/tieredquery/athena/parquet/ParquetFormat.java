package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.format.FileFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Parquet with Snappy compression, in row groups of about 8 MiB, so that writing needs little memory.
 *
 * <p>With this module on the class path {@code AthenaSource.archive(…).format(FileFormatKind.PARQUET)} finds it by
 * itself. Immutable and thread-safe.
 */
public final class ParquetFormat implements FileFormat {

    /** For {@link java.util.ServiceLoader}. */
    public ParquetFormat() {}

    @Override
    public String name() {
        return "PARQUET";
    }

    @Override
    public String suffix() {
        return ".parquet";
    }

    @Override
    public Writer open(Path target, List<FileColumn> columns) throws IOException {
        return new ParquetFile(target, columns);
    }
}
