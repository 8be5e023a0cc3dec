package io.github.tieredquery.athena;

import io.github.tieredquery.athena.format.ColdFormat;

class CsvAthenaSourceTest extends AthenaSourceContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
