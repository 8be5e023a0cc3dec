package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.AthenaSourceContract;
import io.github.tieredquery.athena.FileFormatKind;
import io.github.tieredquery.athena.OwnArchiveBuilder;

class ParquetAthenaSourceTest extends AthenaSourceContract {

    /** The service loader finds what writes it. */
    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.PARQUET);
    }
}
