package io.github.tieredquery.athena;

import io.github.tieredquery.athena.format.ColdFormat;

class CsvViewTest extends ViewContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
