package io.github.tieredquery.athenalocal;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The databases with their tables and views. Names are lower case. Thread-safe. */
final class Catalog {
    static final String NAME = "awsdatacatalog";

    private final Map<String, Map<String, Table>> tables = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, View>> views = new ConcurrentHashMap<>();
    private final AtomicInteger tableIds = new AtomicInteger();

    Catalog() {
        createDatabase("default");
    }

    static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    int nextTableId() {
        return tableIds.incrementAndGet();
    }

    boolean createDatabase(String name) {
        views.putIfAbsent(name, new ConcurrentHashMap<>());
        return tables.putIfAbsent(name, new ConcurrentHashMap<>()) == null;
    }

    boolean hasDatabase(String name) {
        return tables.containsKey(name);
    }

    void dropDatabase(String name) {
        tables.remove(name);
        views.remove(name);
    }

    List<String> databases() {
        return List.copyOf(tables.keySet());
    }

    List<String> tableNames(String database) {
        TreeMap<String, Boolean> names = new TreeMap<>();
        tables.getOrDefault(database, Map.of()).keySet().forEach(name -> names.put(name, true));
        views.getOrDefault(database, Map.of()).keySet().forEach(name -> names.put(name, true));
        return List.copyOf(names.keySet());
    }

    @Nullable
    Table table(String database, String name) {
        return tables.getOrDefault(database, Map.of()).get(name);
    }

    @Nullable
    View view(String database, String name) {
        return views.getOrDefault(database, Map.of()).get(name);
    }

    /** Adds a table; false if there's a table or a view of that name. */
    boolean add(Table table) {
        Map<String, Table> database = tables.get(table.database());
        return database != null
                && view(table.database(), table.name()) == null
                && database.putIfAbsent(table.name(), table) == null;
    }

    boolean dropTable(String database, String name) {
        Map<String, Table> owner = tables.get(database);
        return owner != null && owner.remove(name) != null;
    }

    void put(View view) {
        Map<String, View> database = views.get(view.database());
        if (database != null) {
            database.put(view.name(), view);
        }
    }

    boolean dropView(String database, String name) {
        Map<String, View> owner = views.get(database);
        return owner != null && owner.remove(name) != null;
    }
}
