package io.github.tieredquery.athena;

class CsvSweepTest extends SweepContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.CSV);
    }
}
