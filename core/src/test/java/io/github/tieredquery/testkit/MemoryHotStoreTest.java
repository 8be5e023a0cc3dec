package io.github.tieredquery.testkit;

import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

class MemoryHotStoreTest extends SourceContract {

    private final List<MemoryHotStore> stores = new ArrayList<>();

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        MemoryHotStore store = new MemoryHotStore("memory:" + table.name(), table, InstantSource.system());
        store.put(rows);
        stores.add(store);
        return store;
    }

    @Override
    protected long queriesStarted() {
        return stores.stream().mapToLong(MemoryHotStore::queries).sum();
    }
}
