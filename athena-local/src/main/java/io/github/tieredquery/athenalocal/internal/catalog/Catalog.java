package io.github.tieredquery.athenalocal.internal.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The databases with their tables and views. Names are lower case. Thread-safe. */
public final class Catalog {
    public static final String NAME = "awsdatacatalog";

    private final Map<String, Map<String, Table>> tables = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, View>> views = new ConcurrentHashMap<>();
    private final AtomicInteger tableIds = new AtomicInteger();

    public Catalog() {
        createDatabase("default");
    }

    public static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    public int nextTableId() {
        return tableIds.incrementAndGet();
    }

    public boolean createDatabase(String name) {
        views.putIfAbsent(name, new ConcurrentHashMap<>());
        return tables.putIfAbsent(name, new ConcurrentHashMap<>()) == null;
    }

    public boolean hasDatabase(String name) {
        return tables.containsKey(name);
    }

    public void dropDatabase(String name) {
        tables.remove(name);
        views.remove(name);
    }

    public List<String> databases() {
        return List.copyOf(tables.keySet());
    }

    public List<String> tableNames(String database) {
        TreeMap<String, Boolean> names = new TreeMap<>();
        tables.getOrDefault(database, Map.of()).keySet().forEach(name -> names.put(name, true));
        views.getOrDefault(database, Map.of()).keySet().forEach(name -> names.put(name, true));
        return List.copyOf(names.keySet());
    }

    @Nullable
    public Table table(String database, String name) {
        return tables.getOrDefault(database, Map.of()).get(name);
    }

    @Nullable
    public View view(String database, String name) {
        return views.getOrDefault(database, Map.of()).get(name);
    }

    /** Adds a table; false if there's a table or a view of that name. */
    public boolean add(Table table) {
        Map<String, Table> database = tables.get(table.database());
        return database != null
                && view(table.database(), table.name()) == null
                && database.putIfAbsent(table.name(), table) == null;
    }

    public boolean dropTable(String database, String name) {
        Map<String, Table> owner = tables.get(database);
        return owner != null && owner.remove(name) != null;
    }

    public void put(View view) {
        Map<String, View> database = views.get(view.database());
        if (database != null) {
            database.put(view.name(), view);
        }
    }

    public boolean dropView(String database, String name) {
        Map<String, View> owner = views.get(database);
        return owner != null && owner.remove(name) != null;
    }
}
