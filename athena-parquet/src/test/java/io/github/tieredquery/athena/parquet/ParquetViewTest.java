package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.OwnArchiveBuilder;
import io.github.tieredquery.athena.ViewContract;
import io.github.tieredquery.athena.format.ColdFormat;

class ParquetViewTest extends ViewContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(ColdFormat.PARQUET);
    }
}
