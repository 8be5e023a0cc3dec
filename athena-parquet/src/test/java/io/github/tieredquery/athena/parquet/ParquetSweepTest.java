package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.AthenaSourceBuilder;
import io.github.tieredquery.athena.SweepContract;
import io.github.tieredquery.athena.format.ColdFormat;

class ParquetSweepTest extends SweepContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.PARQUET);
    }
}
