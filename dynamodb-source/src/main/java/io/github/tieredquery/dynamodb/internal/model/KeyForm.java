package io.github.tieredquery.dynamodb.internal.model;

import static io.github.tieredquery.dynamodb.internal.model.KeyText.ESCAPE;
import static io.github.tieredquery.dynamodb.internal.model.KeyText.SEPARATOR;

import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.dynamodb.model.WriteRefusedException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The keys of a table's items: {@code (tenant, ROW#time#key)} and {@code (tenant, PATTERN#value#time#key)}. */
public final class KeyForm {

    private static final int MAX_PARTITION_BYTES = 2_048;
    private static final int MAX_SORT_BYTES = 1_024;

    /** Longer values stand in index keys as their start and a hash: the rest of the sort key needs room too. */
    private static final int MAX_VALUE_BYTES = 256;

    private static final int KEPT_CHARACTERS = 48;

    /** A pattern's name, a value, which is a little longer if it is shortened, and two separators. */
    private static final int MAX_START_BYTES = 32 + MAX_VALUE_BYTES + 4;

    /** Rows hold the years 1 to 9999. */
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final DeclaredTable declared;
    private final Table table;
    private final List<Column> parts;
    private final RowType type;
    private final Comparator<Row> order;

    KeyForm(DeclaredTable declared) {
        this.declared = declared;
        this.table = declared.table();
        Column partition = declared.partition();
        this.parts = table.orderColumns().stream()
                .map(table::column)
                .filter(column -> !column.equals(partition))
                .toList();
        List<Column> columns = new ArrayList<>(parts);
        if (partition != null) {
            columns.add(partition);
        }
        this.type = RowType.of(columns);
        this.order = table.rowOrder(type);
    }

    /** The columns that an item's key holds. */
    public RowType type() {
        return type;
    }

    /** Oldest first, over rows of {@link #type}. */
    public Comparator<Row> order() {
        return order;
    }

    /** The partition of a tenant. An empty text can't be a key: it is the escape alone, which nothing else is. */
    public String partition(@Nullable Object tenant) {
        Column column = declared.partition();
        if (column == null) {
            return declared.rowName();
        }
        String text = KeyText.of(column.type(), Objects.requireNonNull(tenant));
        return text.isEmpty() ? String.valueOf(ESCAPE) : text;
    }

    public ItemKey row(Row row) {
        Column partition = declared.partition();
        String partitionText = partition(partition == null ? null : value(row, partition));
        String sort = rows() + suffix(row);
        check(partitionText, MAX_PARTITION_BYTES, "partition key", partitionName());
        check(sort, MAX_SORT_BYTES, "sort key", names());
        return new ItemKey(partitionText, sort);
    }

    private String suffix(Row row) {
        StringBuilder text = new StringBuilder();
        for (Column column : parts) {
            text.append(text.isEmpty() ? "" : SEPARATOR).append(KeyText.of(column.type(), value(row, column)));
        }
        return text.toString();
    }

    /** A value that wasn't in its Java form would name another row. */
    private Object value(Row row, Column column) {
        Object value = row.value(column.name());
        if (value == null) {
            throw new IllegalArgumentException("table '" + table.name() + "': column '" + column.name()
                    + "' is null; time, key and partition never are");
        }
        try {
            return column.type().canonical(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "table '" + table.name() + "', column '" + column.name() + "': " + e.getMessage(), e);
        }
    }

    private void check(String text, int maxBytes, String what, String columns) {
        int bytes = Attributes.utf8(text);
        if (bytes > maxBytes) {
            throw new WriteRefusedException("dynamodb:" + declared.tableName() + ": the " + what + " takes " + bytes
                    + " bytes and DynamoDB holds " + maxBytes + "; shorten the values of " + columns);
        }
    }

    private String partitionName() {
        Column partition = declared.partition();
        return partition == null ? "" : partition.name();
    }

    private String names() {
        return String.join(", ", parts.stream().map(Column::name).toList());
    }

    /** The key of a row's index item. */
    public ItemKey index(AccessPattern pattern, Object value, ItemKey row) {
        String sort = index(pattern, value) + suffixOf(row);
        check(sort, MAX_SORT_BYTES, "sort key of pattern " + pattern.name(), pattern.column() + ", " + names());
        String partition = shard(pattern, row.partition(), shardOf(pattern, row));
        check(partition, MAX_PARTITION_BYTES, "partition key of pattern " + pattern.name(), partitionName());
        return new ItemKey(partition, sort);
    }

    private String value(AccessPattern pattern, Object value) {
        String text = KeyText.of(table.column(pattern.column()).type(), value);
        if (Attributes.utf8(text) <= MAX_VALUE_BYTES) {
            return text;
        }
        int end = text.offsetByCodePoints(0, KEPT_CHARACTERS);
        // The escape is followed by a letter up to d elsewhere, so no value is written so.
        return text.substring(0, text.charAt(end - 1) == ESCAPE ? end - 1 : end) + ESCAPE + '~' + sha256(text);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static int shardOf(AccessPattern pattern, ItemKey row) {
        CRC32 hash = new CRC32();
        hash.update(row.sort().getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % pattern.shards());
    }

    private static String shard(AccessPattern pattern, String partition, int shard) {
        return pattern.shards() == 1 ? partition : partition + SEPARATOR + shard;
    }

    /** The partitions that hold a pattern's index items of a tenant. */
    public List<String> shards(AccessPattern pattern, String partition) {
        List<String> shards = new ArrayList<>();
        for (int i = 0; i < pattern.shards(); i++) {
            String shard = shard(pattern, partition, i);
            if (canBePartition(shard)) {
                shards.add(shard);
            }
        }
        return shards;
    }

    public boolean isRow(ItemKey key) {
        return key.sort().startsWith(rows());
    }

    /** What the sort keys of an item's kind start with. */
    public static String kind(ItemKey key) {
        int end = key.sort().indexOf(SEPARATOR);
        return end < 0 ? key.sort() : key.sort().substring(0, end);
    }

    /** The row that an index item points to. */
    public ItemKey pointedAt(ItemKey index) {
        int shard = index.partition().indexOf(SEPARATOR);
        return new ItemKey(
                shard < 0 ? index.partition() : index.partition().substring(0, shard), rows() + suffixOf(index));
    }

    /** Time and key as they end every sort key; they have as many separators as parts but one. */
    private String suffixOf(ItemKey key) {
        String sort = key.sort();
        int from = sort.length();
        for (int i = 0; i < parts.size(); i++) {
            from = sort.lastIndexOf(SEPARATOR, from - 1);
            if (from < 0) {
                throw new SourceUnavailableException("dynamodb:" + declared.tableName() + ": the item " + key
                        + " isn't one of table '" + table.name() + "': its sort key has too few parts");
            }
        }
        return sort.substring(from + 1);
    }

    /** Time, key and partition column of an item. */
    public Row values(ItemKey key) {
        @Nullable Object[] values = new @Nullable Object[type.columns().size()];
        String suffix = suffixOf(key);
        try {
            int from = 0;
            for (int i = 0; i < parts.size(); i++) {
                int end = suffix.indexOf(SEPARATOR, from);
                String part = suffix.substring(from, end < 0 ? suffix.length() : end);
                values[i] = KeyText.value(parts.get(i).type(), part);
                from = end + 1;
            }
            // Only index items are spread over shards.
            String tenant = isRow(key) ? key.partition() : pointedAt(key).partition();
            Column partition = declared.partition();
            if (partition != null) {
                values[parts.size()] =
                        KeyText.value(partition.type(), tenant.equals(String.valueOf(ESCAPE)) ? "" : tenant);
            } else if (!tenant.equals(declared.rowName())) {
                throw new IllegalArgumentException("all rows are in the partition " + declared.rowName());
            }
        } catch (RuntimeException e) {
            throw new SourceUnavailableException(
                    "dynamodb:" + declared.tableName() + ": the key " + key + " isn't one of table '" + table.name()
                            + "' as it is declared",
                    e);
        }
        return type.row(values);
    }

    /** What the sort keys of all rows start with. */
    public String rows() {
        return declared.rowName() + SEPARATOR;
    }

    /** What the sort keys of a value's index items start with. */
    public String index(AccessPattern pattern, Object value) {
        return pattern.name() + SEPARATOR + value(pattern, value) + SEPARATOR;
    }

    /** The part of a range in which there can be rows. */
    public static TimeRange held(TimeRange range) {
        return range.since(FIRST).before(LAST.plus(1, ChronoUnit.MICROS));
    }

    /** The least sort key of a range that is {@link #held}. */
    public static String from(String start, TimeRange range) {
        return start + KeyText.time(range.from());
    }

    /**
     * Behind the greatest sort key of a range that is {@link #held} and not empty, and before those at its end: a key
     * may consist of its time alone, so that the end itself could be one.
     */
    public static String to(String start, TimeRange range) {
        return start + KeyText.time(range.to().minus(1, ChronoUnit.MICROS)) + ESCAPE;
    }

    /**
     * What the sort keys of a row, its own and those of its index items, end with.
     *
     * @param position time and key of a row, which need not exist
     * @return null if it is too long for a key
     */
    @Nullable
    public String ending(Row position) {
        String suffix = suffix(position);
        return Attributes.utf8(suffix) > MAX_SORT_BYTES - MAX_START_BYTES ? null : suffix;
    }

    /** Whether a partition key is one that an item can have. */
    public static boolean canBePartition(String text) {
        return Attributes.utf8(text) <= MAX_PARTITION_BYTES;
    }
}
