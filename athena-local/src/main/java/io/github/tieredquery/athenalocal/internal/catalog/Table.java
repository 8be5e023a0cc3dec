package io.github.tieredquery.athenalocal.internal.catalog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A table of the catalog. Thread-safe. */
public final class Table {
    private final int id;
    private final String database;
    private final String name;
    private final List<Column> partitionKeys;
    private final Storage storage;
    private final String location;
    private final Map<String, String> properties;
    private final Instant created = Instant.now();
    private volatile List<Column> columns;
    private final Map<List<String>, Partition> partitions = new LinkedHashMap<>();
    private long version;

    public Table(
            int id,
            String database,
            String name,
            List<Column> columns,
            List<Column> partitionKeys,
            Storage storage,
            String location,
            Map<String, String> properties) {
        this.id = id;
        this.database = database;
        this.name = name;
        this.columns = List.copyOf(columns);
        this.partitionKeys = List.copyOf(partitionKeys);
        this.storage = storage;
        this.location = location;
        this.properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        if (partitionKeys.isEmpty()) {
            partitions.put(List.of(), new Partition(List.of(), location, Integer.MAX_VALUE));
        }
    }

    public int id() {
        return id;
    }

    public String database() {
        return database;
    }

    public String name() {
        return name;
    }

    public List<Column> columns() {
        return columns;
    }

    public List<Column> partitionKeys() {
        return partitionKeys;
    }

    public Storage storage() {
        return storage;
    }

    public String location() {
        return location;
    }

    public Map<String, String> properties() {
        return properties;
    }

    public Instant created() {
        return created;
    }

    public boolean isProjected() {
        return "true".equalsIgnoreCase(properties.get("projection.enabled"));
    }

    /** Appends columns; false, and nothing changed, if there is one of a name already. */
    public synchronized boolean addColumns(List<Column> added) {
        List<Column> all = new ArrayList<>(columns);
        all.addAll(added);
        long names = Stream.concat(all.stream(), partitionKeys.stream())
                .map(Column::name)
                .distinct()
                .count();
        if (names != all.size() + partitionKeys.size()) {
            return false;
        }
        columns = List.copyOf(all);
        return true;
    }

    /** Adds a partition; false if its values are registered already. */
    public synchronized boolean addPartition(Partition partition) {
        if (partitions.putIfAbsent(partition.values(), partition) != null) {
            return false;
        }
        version++;
        return true;
    }

    public synchronized boolean hasPartition(List<String> values) {
        return partitions.containsKey(values);
    }

    public synchronized boolean dropPartition(List<String> values) {
        if (partitions.remove(values) == null) {
            return false;
        }
        version++;
        return true;
    }

    /** The registered partitions at one moment. */
    public synchronized Partitions partitions() {
        return new Partitions(version, List.copyOf(partitions.values()));
    }

    /**
     * What was registered at one moment.
     *
     * @param version changes whenever a partition is added or dropped
     */
    public record Partitions(long version, List<Partition> list) {}
}
