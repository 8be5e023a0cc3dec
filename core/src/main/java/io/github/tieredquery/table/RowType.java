package io.github.tieredquery.table;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The columns of a stream of rows, in their order. Immutable and thread-safe. */
public final class RowType {

    private final List<Column> columns;
    private final List<String> names;
    private final Map<String, Integer> indexes;

    private RowType(List<Column> columns) {
        this.columns = List.copyOf(columns);
        this.names = this.columns.stream().map(Column::name).toList();
        this.indexes = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            if (indexes.put(columns.get(i).name(), i) != null) {
                throw new IllegalArgumentException("column '" + columns.get(i).name() + "' stands twice");
            }
        }
    }

    /**
     * A row type.
     *
     * @param columns the columns in order, each name once
     * @return the type
     * @throws IllegalArgumentException if a name stands twice
     */
    public static RowType of(List<Column> columns) {
        return new RowType(columns);
    }

    /**
     * The columns in order.
     *
     * @return the columns, unmodifiable
     */
    public List<Column> columns() {
        return columns;
    }

    /**
     * The names of the columns in order.
     *
     * @return the names, unmodifiable
     */
    public List<String> names() {
        return names;
    }

    /**
     * Where a column stands.
     *
     * @param name the column's name
     * @return its index, from 0
     * @throws IllegalArgumentException if there is no such column
     */
    public int indexOf(String name) {
        Integer index = indexes.get(name);
        if (index == null) {
            throw new IllegalArgumentException("no column '" + name + "' among " + names());
        }
        return index;
    }

    /**
     * Whether a column is there.
     *
     * @param name the column's name
     * @return whether it is one of the columns
     */
    public boolean has(String name) {
        return indexes.containsKey(name);
    }

    /**
     * Makes a row. For sources: values are trusted to be in their Java form ({@link ColumnType}), and the array is not
     * copied, so it must not be changed afterwards.
     *
     * @param values one value for each column, in order
     * @return the row
     * @throws IllegalArgumentException if there are more or fewer values than columns
     */
    public Row row(@Nullable Object[] values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(values.length + " values for " + columns.size() + " columns");
        }
        return new Row(this, values);
    }

    /**
     * Makes rows of some of these columns out of rows of all of them.
     *
     * @param part columns that are all among these
     * @return makes a row of {@code part} of one of this type; gives the row itself if the types are equal
     * @throws IllegalArgumentException if a column isn't among these
     */
    public UnaryOperator<Row> projectionOf(RowType part) {
        if (equals(part)) {
            return UnaryOperator.identity();
        }
        int[] places = part.names.stream().mapToInt(this::indexOf).toArray();
        return row -> {
            @Nullable Object[] values = new @Nullable Object[places.length];
            for (int i = 0; i < places.length; i++) {
                values[i] = row.value(places[i]);
            }
            return part.row(values);
        };
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof RowType that && columns.equals(that.columns));
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return names().toString();
    }
}
