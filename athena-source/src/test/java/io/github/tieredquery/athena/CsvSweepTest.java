package io.github.tieredquery.athena;

class CsvSweepTest extends SweepContract {

    @Override
    protected AthenaSourceBuilder with(AthenaSourceBuilder builder) {
        return builder.format(ColdFormat.CSV);
    }
}
