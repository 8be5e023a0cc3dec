package io.github.tieredquery.athena;

import io.github.tieredquery.athena.format.ColdFormat;

class CsvSweepTest extends SweepContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
