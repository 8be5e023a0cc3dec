package io.github.tieredquery.dynamodb.model;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A question that a table is to answer beside its key range: the rows of a partition and a time range whose column has
 * a value, or whose list has an element. Each row has one small index item for it (one for each element of a list),
 * with the sort key {@code NAME#value#time#key}. Immutable and thread-safe; each method returns a new pattern.
 */
public final class AccessPattern {

    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,31}");

    private final String name;
    private final String column;
    private final Set<String> projected;
    private final int shards;
    private final long rowsPerValue;
    private final boolean building;

    private AccessPattern(
            String name, String column, Set<String> projected, int shards, long rowsPerValue, boolean building) {
        this.name = name;
        this.column = column;
        this.projected = projected;
        this.shards = shards;
        this.rowsPerValue = rowsPerValue;
        this.building = building;
    }

    /**
     * A pattern without projected columns, in one shard, in use.
     *
     * @param name what its sort keys start with: a capital letter, then up to 31 of A-Z, 0-9 and _
     * @param column the column that is asked for; NULL has no index item
     * @return the pattern
     * @throws IllegalArgumentException if the name is malformed
     */
    public static AccessPattern of(String name, String column) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("the pattern's name '" + name
                    + "' must be a capital letter and up to 31 of A-Z, 0-9 and _: it starts sort keys");
        }
        return new AccessPattern(name, Objects.requireNonNull(column, "column"), Set.of(), 1, 0, false);
    }

    /**
     * The same pattern with columns copied into its index items. A query that needs no others is answered from the
     * index alone, without reading the rows. None by default: each change of a projected column writes the index item
     * too. An index item from before a column was projected makes such a query fail: on a table in use, declare another
     * pattern under a new name instead, {@link #building()} at first.
     *
     * @param columns the columns' names; time, key and partition are in each index item anyway
     * @return the pattern
     */
    public AccessPattern projecting(String... columns) {
        return new AccessPattern(name, column, new LinkedHashSet<>(List.of(columns)), shards, rowsPerValue, building);
    }

    /**
     * The same pattern with the index items of each value spread over several partitions, for values that take more
     * than 1,000 writes or 3,000 reads a second. Each read asks all shards and merges them in order. 1 by default.
     * Changing the number moves the items, and rows are missed until {@code IndexCheck.repair} has moved them: on a
     * table in use, declare another pattern under a new name instead, {@link #building()} at first.
     *
     * @param count 1 to 100
     * @return the pattern
     * @throws IllegalArgumentException if the count is out of range
     */
    public AccessPattern shards(int count) {
        if (count < 1 || count > 100) {
            throw new IllegalArgumentException("pattern " + name + " has " + count + " shards; it has 1 to 100");
        }
        return new AccessPattern(name, column, projected, count, rowsPerValue, building);
    }

    /**
     * The same pattern with a hint how many rows of a partition share a value. Where a query matches several patterns,
     * the index with the fewest rows is read, and intersected with others that aren't much longer. Unknown by default:
     * then all indexes that match are intersected.
     *
     * @param rows about how many, positive
     * @return the pattern
     * @throws IllegalArgumentException if {@code rows} isn't positive
     */
    public AccessPattern rowsPerValue(long rows) {
        if (rows < 1) {
            throw new IllegalArgumentException(
                    "pattern " + name + " has " + rows + " rows per value; it has 1 or more");
        }
        return new AccessPattern(name, column, projected, shards, rows, building);
    }

    /**
     * The same pattern while its index is incomplete: writers keep it, queries don't use it. A pattern is added to a
     * full table so, then {@code Backfill} is run, then this is taken away. In use by default.
     *
     * @return the pattern
     */
    public AccessPattern building() {
        return new AccessPattern(name, column, projected, shards, rowsPerValue, true);
    }

    /**
     * The pattern's name.
     *
     * @return what its sort keys start with
     */
    public String name() {
        return name;
    }

    /**
     * The column that is asked for.
     *
     * @return its name
     */
    public String column() {
        return column;
    }

    /**
     * The columns that are copied into the index items.
     *
     * @return their names
     */
    public Set<String> projected() {
        return Collections.unmodifiableSet(projected);
    }

    /**
     * Over how many partitions the index items of a value are spread.
     *
     * @return 1 to 100
     */
    public int shards() {
        return shards;
    }

    /**
     * About how many rows of a partition share a value.
     *
     * @return the number, 0 if unknown
     */
    public long rowsPerValue() {
        return rowsPerValue;
    }

    /**
     * Whether the index is still being built, so that queries don't use it.
     *
     * @return whether it is incomplete
     */
    public boolean isBuilding() {
        return building;
    }

    @Override
    public String toString() {
        return name;
    }
}
