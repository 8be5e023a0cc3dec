package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.AthenaSourceBuilder;
import io.github.tieredquery.athena.ColdFormat;
import io.github.tieredquery.athena.ViewContract;

class ParquetViewTest extends ViewContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.PARQUET);
    }
}
