package io.github.tieredquery.athena;

class CsvViewTest extends ViewContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.CSV);
    }
}
