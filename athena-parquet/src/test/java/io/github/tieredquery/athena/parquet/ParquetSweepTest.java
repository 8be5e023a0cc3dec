package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.FileFormatKind;
import io.github.tieredquery.athena.OwnArchiveBuilder;
import io.github.tieredquery.athena.SweepContract;

class ParquetSweepTest extends SweepContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.PARQUET);
    }
}
