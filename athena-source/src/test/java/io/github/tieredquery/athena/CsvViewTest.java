package io.github.tieredquery.athena;

class CsvViewTest extends ViewContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
