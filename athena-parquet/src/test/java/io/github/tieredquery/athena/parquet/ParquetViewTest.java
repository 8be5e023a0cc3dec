package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.FileFormatKind;
import io.github.tieredquery.athena.OwnArchiveBuilder;
import io.github.tieredquery.athena.ViewContract;

class ParquetViewTest extends ViewContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.PARQUET);
    }
}
