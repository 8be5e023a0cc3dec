package io.github.tieredquery.athena;

class CsvAthenaSourceTest extends AthenaSourceContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
