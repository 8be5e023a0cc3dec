package io.github.tieredquery.dynamodb.internal.model;

import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Rows as items and back, and the index items of a row. */
public final class ItemForm {

    /** Tells a column that is NULL from one that the pattern didn't project when the index item was written. */
    private static final AttributeValue PROJECTED_NULL = AttributeValue.fromNul(true);

    private final DeclaredTable declared;

    ItemForm(DeclaredTable declared) {
        this.declared = declared;
    }

    public ItemKey key(Map<String, AttributeValue> item) {
        return new ItemKey(text(item, declared.partitionKey()), text(item, declared.sortKey()));
    }

    private static String text(Map<String, AttributeValue> item, String attribute) {
        return Objects.requireNonNull(item.get(attribute), attribute).s();
    }

    public Map<String, AttributeValue> keyAttributes(ItemKey key) {
        Map<String, AttributeValue> attributes = new LinkedHashMap<>();
        attributes.put(declared.partitionKey(), AttributeValue.fromS(key.partition()));
        attributes.put(declared.sortKey(), AttributeValue.fromS(key.sort()));
        return attributes;
    }

    /**
     * A row that can be written: it lacks no columns, which would be written as if they were NULL, and holds nothing
     * that wouldn't come back as it is.
     */
    public Row whole(Row row) {
        if (!row.type().equals(declared.table().rowType())) {
            throw new IllegalArgumentException("table '" + declared.table().name()
                    + "': a row to write has all columns " + declared.table().rowType() + ", not " + row.type());
        }
        return declared.table()
                .row(IntStream.range(0, row.type().columns().size())
                        .mapToObj(row::value)
                        .toArray());
    }

    /**
     * The item of a row.
     *
     * @param document attributes that the table doesn't know, and lists of maps with all their members
     */
    public Map<String, AttributeValue> item(Row row, Map<String, AttributeValue> document, String version) {
        Map<String, AttributeValue> item = new HashMap<>(document);
        item.putAll(keyAttributes(declared.keys().row(row)));
        item.put(DeclaredTable.VERSION, AttributeValue.fromS(version));
        TimeToLive timeToLive = declared.timeToLive();
        if (timeToLive != null) {
            Instant time = Objects.requireNonNull(
                    row.timestamp(declared.table().timeColumn().name()));
            item.put(timeToLive.attribute(), timeToLive.of(time));
        }
        for (Column column : row.type().columns()) {
            if (declared.isInKey(column)) {
                continue;
            }
            Object value = row.value(column.name());
            String attribute = declared.attribute(column.name());
            ListPath list = declared.list(column.name());
            if (value == null) {
                item.remove(attribute);
            } else if (list != null) {
                item.put(attribute, list(column, list, (String) value, document.get(attribute)));
            } else {
                item.put(attribute, Attributes.of(column.type(), value));
            }
        }
        return item;
    }

    private AttributeValue list(Column column, ListPath path, String text, @Nullable AttributeValue known) {
        try {
            return path.write(text, known);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "table '" + declared.table().name() + "', column '" + column.name() + "': " + e.getMessage()
                            + "; write it with ListText.of(…)",
                    e);
        }
    }

    /** What of an item the table doesn't know, and its lists, to be kept when the row is written again. */
    public Map<String, AttributeValue> document(Map<String, AttributeValue> item) {
        Map<String, AttributeValue> document = new HashMap<>(item);
        document.remove(declared.partitionKey());
        document.remove(declared.sortKey());
        document.remove(DeclaredTable.VERSION);
        for (Column column : declared.table().rowType().columns()) {
            if (!declared.isInKey(column) && declared.list(column.name()) == null) {
                document.remove(declared.attribute(column.name()));
            }
        }
        return document;
    }

    /**
     * The row of an item, or of an index item whose pattern projects all the columns.
     *
     * @param type columns of the table
     */
    public Row row(Map<String, AttributeValue> item, RowType type) {
        ItemKey key = key(item);
        Row inKey = declared.keys().values(key);
        @Nullable Object[] values = new @Nullable Object[type.columns().size()];
        for (int i = 0; i < values.length; i++) {
            Column column = type.columns().get(i);
            values[i] = declared.isInKey(column) ? inKey.value(column.name()) : value(item, column, key);
        }
        return type.row(values);
    }

    private @Nullable Object value(Map<String, AttributeValue> item, Column column, ItemKey key) {
        ListPath list = declared.list(column.name());
        String attribute = declared.attribute(column.name());
        if (!item.containsKey(attribute) && !declared.keys().isRow(key)) {
            throw new SourceUnavailableException("dynamodb:" + declared.tableName() + ": the index item " + key
                    + " lacks column '" + column.name() + "', which its pattern projects now: it was written before."
                    + " Run IndexCheck.repair()");
        }
        try {
            Object value = list == null ? Attributes.value(column.type(), item.get(attribute)) : list.read(item);
            if (value == null && !column.nullable()) {
                throw new IllegalArgumentException("it is missing, and the column is never null");
            }
            return value == null ? null : column.type().canonical(value);
        } catch (RuntimeException e) {
            throw new SourceUnavailableException(
                    "dynamodb:" + declared.tableName() + ": the item " + key + " has in attribute '" + attribute
                            + "' no " + column.type() + " for column '" + column.name() + "': " + e.getMessage(),
                    e);
        }
    }

    /** The index items of a row's item, of all patterns. */
    public Map<ItemKey, Map<String, AttributeValue>> indexItems(Map<String, AttributeValue> item) {
        return indexItems(item, declared.patterns());
    }

    public Map<ItemKey, Map<String, AttributeValue>> indexItems(
            Map<String, AttributeValue> item, Collection<AccessPattern> patterns) {
        ItemKey key = key(item);
        Map<ItemKey, Map<String, AttributeValue>> indexItems = new LinkedHashMap<>();
        for (AccessPattern pattern : patterns) {
            for (Object value : indexed(item, pattern, key)) {
                ItemKey index = declared.keys().index(pattern, value, key);
                Map<String, AttributeValue> attributes = keyAttributes(index);
                for (String column : pattern.projected()) {
                    if (!declared.isInKey(declared.table().column(column))) {
                        String name = declared.attribute(column);
                        attributes.put(name, item.getOrDefault(name, PROJECTED_NULL));
                    }
                }
                TimeToLive timeToLive = declared.timeToLive();
                AttributeValue expiry = timeToLive == null ? null : item.get(timeToLive.attribute());
                if (timeToLive != null && expiry != null) {
                    attributes.put(timeToLive.attribute(), expiry);
                }
                indexItems.put(index, attributes);
            }
        }
        return indexItems;
    }

    private Set<Object> indexed(Map<String, AttributeValue> item, AccessPattern pattern, ItemKey key) {
        Column column = declared.table().column(pattern.column());
        Object value =
                declared.isInKey(column) ? declared.keys().values(key).value(column.name()) : value(item, column, key);
        if (value == null) {
            return Set.of();
        }
        return declared.list(column.name()) == null
                ? Set.of(value)
                : new LinkedHashSet<>(ListText.elements((String) value));
    }

    /** The attributes that a row of some columns is read from, with those of the key. */
    public List<String> attributes(RowType type) {
        Set<String> names = new LinkedHashSet<>(List.of(declared.partitionKey(), declared.sortKey()));
        for (Column column : type.columns()) {
            if (!declared.isInKey(column)) {
                names.add(declared.attribute(column.name()));
            }
        }
        return List.copyOf(names);
    }

    public String version(Map<String, AttributeValue> item) {
        AttributeValue version = item.get(DeclaredTable.VERSION);
        return version == null ? "" : Objects.requireNonNullElse(version.s(), "");
    }
}
