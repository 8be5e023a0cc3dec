package io.github.tieredquery.testkit;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Memory stores for the contracts; those of one journal share whether its tables exist. */
final class MemoryHotStores implements HotStores {

    private final Map<String, AtomicBoolean> journals = new ConcurrentHashMap<>();

    @Override
    public HotStore create(String journal, Table table, List<Row> rows) {
        AtomicBoolean tables = journals.computeIfAbsent(journal, absent -> new AtomicBoolean());
        MemoryHotStore store = new MemoryHotStore("memory:" + table.name(), table, InstantSource.system(), tables);
        store.put(rows);
        return store;
    }

    @Override
    public HotStore another(HotStore store, Table table) {
        return ((MemoryHotStore) store).client(StepHook.NONE).client(table);
    }

    @Override
    public void alter(HotStore store, Table table) {
        ((MemoryHotStore) store).alter(table);
    }

    @Override
    public void insert(HotStore store, List<Row> rows) {
        ((MemoryHotStore) store).put(rows);
    }

    @Override
    public void delete(HotStore store, TimeRange range) {
        MemoryHotStore memory = (MemoryHotStore) store;
        String time = store.table().timeColumn().name();
        memory.rows().stream()
                .filter(row -> range.contains(Objects.requireNonNull(row.timestamp(time))))
                .forEach(memory::delete);
    }
}
