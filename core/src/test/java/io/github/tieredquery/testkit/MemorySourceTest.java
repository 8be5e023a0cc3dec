package io.github.tieredquery.testkit;

import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.List;

class MemorySourceTest extends SourceContract {

    private final List<MemorySource> sources = new ArrayList<>();

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        MemorySource source = new MemorySource("memory:" + table.name(), table, rows);
        sources.add(source);
        return source;
    }

    @Override
    protected long queriesStarted() {
        return sources.stream().mapToLong(MemorySource::queries).sum();
    }
}
