package io.github.tieredquery.athena;

import io.github.tieredquery.athena.format.ColdFormat;

class CsvAthenaSourceTest extends AthenaSourceContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
