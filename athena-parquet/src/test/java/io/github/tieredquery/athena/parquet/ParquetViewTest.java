package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.AthenaSourceBuilder;
import io.github.tieredquery.athena.ViewContract;
import io.github.tieredquery.athena.format.ColdFormat;

class ParquetViewTest extends ViewContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.PARQUET);
    }
}
