package io.github.tieredquery.athena;

class CsvAthenaSourceTest extends AthenaSourceContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.CSV);
    }
}
