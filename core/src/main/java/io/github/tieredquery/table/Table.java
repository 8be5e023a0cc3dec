package io.github.tieredquery.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The logical table: a name, a time column, key columns and further typed columns. Time and key together are unique;
 * (time, key) is the order of rows in every tier. Immutable and thread-safe.
 *
 * <pre>{@code
 * Table flights = Table.builder("flights")
 *         .time("departed_at")
 *         .key("id", INT64)
 *         .column("origin", STRING)
 *         .column("delay", INT32)
 *         .build();
 * }</pre>
 */
public final class Table {

    private static final Set<ColumnType.Kind> KEY_KINDS = EnumSet.of(
            ColumnType.Kind.INT32,
            ColumnType.Kind.INT64,
            ColumnType.Kind.DECIMAL,
            ColumnType.Kind.STRING,
            ColumnType.Kind.DATE,
            ColumnType.Kind.TIMESTAMP);

    private final String name;
    private final Column timeColumn;
    private final List<Column> keyColumns;
    private final RowType rowType;
    private final RowType keyType;

    private Table(String name, Column timeColumn, List<Column> keyColumns, RowType rowType) {
        this.name = name;
        this.timeColumn = timeColumn;
        this.keyColumns = keyColumns;
        this.rowType = rowType;
        List<Column> naming = new ArrayList<>();
        naming.add(timeColumn);
        naming.addAll(keyColumns);
        this.keyType = RowType.of(naming);
    }

    /**
     * Starts a table.
     *
     * @param name the logical name, which stands in messages; the backends' names are given to the sources
     * @return a builder
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * The logical name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The time column.
     *
     * @return a {@link ColumnType#TIMESTAMP}, never null
     */
    public Column timeColumn() {
        return timeColumn;
    }

    /**
     * The key columns, which together with the time are unique.
     *
     * @return at least one column, in the order of the key
     */
    public List<Column> keyColumns() {
        return keyColumns;
    }

    /**
     * All columns: the time, the key, the others in the order of their declaration.
     *
     * @return the columns as the type of a whole row
     */
    public RowType rowType() {
        return rowType;
    }

    /**
     * A column by name.
     *
     * @param column the column's name
     * @return the column
     * @throws IllegalArgumentException if there is no such column
     */
    public Column column(String column) {
        if (!rowType.has(column)) {
            throw new IllegalArgumentException(
                    "table '" + name + "' has no column '" + column + "'; it has " + rowType.names());
        }
        return rowType.columns().get(rowType.indexOf(column));
    }

    /**
     * The names of the time column and of the key columns, in the order that sorts rows.
     *
     * @return the names
     */
    public List<String> orderColumns() {
        return keyType.names();
    }

    /**
     * The time column and the key columns: what names a row.
     *
     * @return the columns in the order that sorts rows
     */
    public RowType keyType() {
        return keyType;
    }

    /**
     * Makes a row of values that come from anywhere: each is checked and brought into its Java form
     * ({@link ColumnType}).
     *
     * @param values one value for each column of {@link #rowType}, in order, null for NULL
     * @return the row
     * @throws IllegalArgumentException if there are more or fewer values than columns, or a column can't hold its value
     */
    public Row row(@Nullable Object... values) {
        List<Column> columns = rowType.columns();
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(
                    "table '" + name + "': " + values.length + " values for the columns " + rowType.names());
        }
        @Nullable Object[] checked = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            try {
                checked[i] = columns.get(i).canonical(values[i]);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("table '" + name + "', " + e.getMessage(), e);
            }
        }
        return rowType.row(checked);
    }

    /**
     * What names a row.
     *
     * @param row a row that has at least the time and the key columns
     * @return the row with the columns of {@link #keyType} only
     * @throws IllegalArgumentException if a time or key column is missing
     */
    public Row keyOf(Row row) {
        List<String> names = orderColumns();
        @Nullable Object[] values = new @Nullable Object[names.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(names.get(i));
        }
        return keyType().row(values);
    }

    /**
     * The order of rows by (time, key), oldest first.
     *
     * @param type the columns of the rows to compare; holds the time and all key columns
     * @return the order
     * @throws IllegalArgumentException if a time or key column is missing in {@code type}
     */
    public Comparator<Row> rowOrder(RowType type) {
        return rowOrder(type, type);
    }

    /**
     * The order by (time, key), oldest first, of rows with some columns and rows with others.
     *
     * @param left the columns of the rows on the left of a comparison; holds the time and all key columns
     * @param right the columns of those on the right; likewise
     * @return the order; it isn't to be reversed by {@link Comparator#reversed}, which swaps the sides
     * @throws IllegalArgumentException if a time or key column is missing
     */
    public Comparator<Row> rowOrder(RowType left, RowType right) {
        List<Column> columns = keyType.columns();
        int[] leftIndexes = new int[columns.size()];
        int[] rightIndexes = new int[columns.size()];
        List<Comparator<Object>> orders = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            leftIndexes[i] = left.indexOf(columns.get(i).name());
            rightIndexes[i] = right.indexOf(columns.get(i).name());
            orders.add(columns.get(i).type().order());
        }
        return (one, other) -> {
            for (int i = 0; i < leftIndexes.length; i++) {
                Object a = Objects.requireNonNull(one.value(leftIndexes[i]), "time or key is null");
                Object b = Objects.requireNonNull(other.value(rightIndexes[i]), "time or key is null");
                int result = orders.get(i).compare(a, b);
                if (result != 0) {
                    return result;
                }
            }
            return 0;
        };
    }

    /**
     * The table as one line of text. Two tables with the same description hold the same rows; archives keep it.
     *
     * @return name, columns, types and nullability
     */
    public String describe() {
        return name
                + rowType.columns().stream().map(Column::describe).collect(Collectors.joining(", ", "(", "; key "))
                + String.join(", ", orderColumns()) + ")";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Table that && describe().equals(that.describe());
    }

    @Override
    public int hashCode() {
        return describe().hashCode();
    }

    @Override
    public String toString() {
        return describe();
    }

    /** Builds a {@link Table}. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private @Nullable Column time;
        private final List<Column> keys = new ArrayList<>();
        private final List<Column> others = new ArrayList<>();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
            if (name.isBlank()) {
                throw new IllegalArgumentException("a table needs a name");
            }
        }

        /**
         * Names the time column, a {@link ColumnType#TIMESTAMP} that is never null. Required.
         *
         * @param column the column's name
         * @return this builder
         */
        public Builder time(String column) {
            if (time != null) {
                throw new IllegalArgumentException(
                        "table '" + name + "' has the time column '" + time.name() + "' already");
            }
            time = new Column(column, ColumnType.TIMESTAMP, false);
            return this;
        }

        /**
         * Adds a key column, never null. At least one is required.
         *
         * @param column the column's name
         * @param type INT32, INT64, DECIMAL, STRING, DATE or TIMESTAMP
         * @return this builder
         * @throws IllegalArgumentException if the type has no order that all backends share
         */
        public Builder key(String column, ColumnType type) {
            if (!KEY_KINDS.contains(type.kind())) {
                throw new IllegalArgumentException("table '" + name + "': key column '" + column + "' is " + type
                        + "; a key is one of " + KEY_KINDS);
            }
            keys.add(new Column(column, type, false));
            return this;
        }

        /**
         * Adds a column that can be null.
         *
         * @param column the column's name
         * @param type its type
         * @return this builder
         */
        public Builder column(String column, ColumnType type) {
            others.add(new Column(column, type, true));
            return this;
        }

        /**
         * Adds a column that is never null.
         *
         * @param column the column's name
         * @param type its type
         * @return this builder
         */
        public Builder required(String column, ColumnType type) {
            others.add(new Column(column, type, false));
            return this;
        }

        /**
         * Builds the table.
         *
         * @return the table
         * @throws IllegalArgumentException if the time column or the key is missing, or a name stands twice
         */
        public Table build() {
            if (time == null) {
                throw new IllegalArgumentException("table '" + name + "' has no time column; name it with time(…)");
            }
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("table '" + name
                        + "' has no key; add the columns that make a row unique at its time with key(…)");
            }
            List<Column> columns = new ArrayList<>();
            columns.add(time);
            columns.addAll(keys);
            columns.addAll(others);
            RowType rowType;
            try {
                rowType = RowType.of(columns);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("table '" + name + "': " + e.getMessage(), e);
            }
            return new Table(name, time, List.copyOf(keys), rowType);
        }
    }
}
