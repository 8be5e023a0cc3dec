package io.github.tieredquery.dynamodb.internal.model;

import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a table declares, for those who read and write its items. Immutable and thread-safe. */
public final class DeclaredTable {

    /** The attribute that tells versions of an item apart. */
    public static final String VERSION = "tq_v";

    private final Table table;
    private final String tableName;
    private final @Nullable Column partition;
    private final String partitionKey;
    private final String sortKey;
    private final String rowName;
    private final Map<String, String> attributes;
    private final Map<String, ListPath> lists;
    private final List<AccessPattern> patterns;
    private final @Nullable TimeToLive timeToLive;
    private final KeyForm keys;
    private final ItemForm items;

    /**
     * A declaration.
     *
     * @param table the logical table
     * @param tableName the table's name in DynamoDB
     * @param partition the column that partitions, null if all rows are in one partition
     * @param partitionKey the name of the partition key's attribute
     * @param sortKey the name of the sort key's attribute
     * @param rowName what the rows' sort keys start with
     * @param attributes the attributes whose names aren't their columns', by column
     * @param lists where the elements of list columns stand, by column
     * @param patterns the access patterns, in the order of their declaration
     * @param timeToLive when rows expire, null if they don't
     */
    public DeclaredTable(
            Table table,
            String tableName,
            @Nullable Column partition,
            String partitionKey,
            String sortKey,
            String rowName,
            Map<String, String> attributes,
            Map<String, ListPath> lists,
            List<AccessPattern> patterns,
            @Nullable TimeToLive timeToLive) {
        this.table = table;
        this.tableName = tableName;
        this.partition = partition;
        this.partitionKey = partitionKey;
        this.sortKey = sortKey;
        this.rowName = rowName;
        this.attributes = Map.copyOf(attributes);
        this.lists = Map.copyOf(lists);
        this.patterns = List.copyOf(patterns);
        this.timeToLive = timeToLive;
        this.keys = new KeyForm(this);
        this.items = new ItemForm(this);
    }

    public Table table() {
        return table;
    }

    public String tableName() {
        return tableName;
    }

    /** The column that partitions, null if all rows are in one partition. */
    public @Nullable Column partition() {
        return partition;
    }

    public String partitionKey() {
        return partitionKey;
    }

    public String sortKey() {
        return sortKey;
    }

    public String rowName() {
        return rowName;
    }

    public List<AccessPattern> patterns() {
        return patterns;
    }

    public @Nullable TimeToLive timeToLive() {
        return timeToLive;
    }

    public String attribute(String column) {
        return attributes.getOrDefault(column, column);
    }

    public @Nullable ListPath list(String column) {
        return lists.get(column);
    }

    public boolean isInKey(Column column) {
        return table.orderColumns().contains(column.name()) || column.equals(partition);
    }

    public AccessPattern pattern(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "table '" + tableName + "' declares no pattern '" + name + "'; it declares " + patterns));
    }

    public Optional<AccessPattern> find(String name) {
        return patterns.stream().filter(pattern -> pattern.name().equals(name)).findFirst();
    }

    public KeyForm keys() {
        return keys;
    }

    public ItemForm items() {
        return items;
    }
}
