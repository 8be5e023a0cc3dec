package io.github.tieredquery.athena;

import io.github.tieredquery.athena.format.ColdFormat;

class CsvSweepTest extends SweepContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
