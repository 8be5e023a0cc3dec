package io.github.tieredquery.spi;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.query.TimeBucket;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a {@link GroupedScan} while they are put together, of single rows and of what sources have aggregated.
 * Holds as many groups as the scan allows. Used by one thread.
 */
public final class Groups {

    private final GroupedScan scan;
    private final @Nullable TimeBucket bucket;
    private final List<Measure> measures;
    private final List<ColumnType> types;
    private final int keys;
    private final Map<List<@Nullable Object>, @Nullable Object[]> values = new HashMap<>();
    private RowType rowsType;
    private int[] indexes;

    /**
     * Starts with no groups.
     *
     * @param scan what is aggregated
     */
    public Groups(GroupedScan scan) {
        this.scan = scan;
        this.bucket = scan.bucket().orElse(null);
        this.measures = scan.measures();
        this.keys = scan.rowType().columns().size() - measures.size();
        this.types = scan.rowType().columns().stream().map(Column::type).toList();
        this.rowsType = scan.scan().rowType();
        this.indexes = indexes(rowsType);
    }

    /** Of each key and measure the column that it is read from; -1 where rows are only counted. */
    private int[] indexes(RowType type) {
        int[] places = new int[keys + measures.size()];
        int next = 0;
        if (bucket != null) {
            places[next++] = type.indexOf(scan.scan().table().timeColumn().name());
        }
        for (Column column : scan.groups()) {
            places[next++] = type.indexOf(column.name());
        }
        for (Measure measure : measures) {
            String column = measure.column();
            places[next++] = column == null ? -1 : type.indexOf(column);
        }
        return places;
    }

    /**
     * Adds a row of the scan.
     *
     * @param row a row that has the scan's columns, and others or none
     * @throws BadQueryException if there are too many groups
     */
    public void add(Row row) {
        if (!row.type().equals(rowsType)) {
            rowsType = row.type();
            indexes = indexes(rowsType);
        }
        @Nullable Object[] key = new @Nullable Object[keys];
        for (int i = 0; i < keys; i++) {
            key[i] = row.value(indexes[i]);
        }
        if (bucket != null) {
            key[0] = bucket.of((Instant) Objects.requireNonNull(key[0], "the time is NULL"));
        }
        @Nullable Object[] group = group(key);
        for (int i = 0; i < measures.size(); i++) {
            int index = indexes[keys + i];
            boolean isCount = measures.get(i).function() == Measure.Function.COUNT;
            Object value = index < 0 ? null : row.value(index);
            if (isCount && (index < 0 || value != null)) {
                merge(group, i, 1L);
            } else if (!isCount && value != null) {
                merge(group, i, measured(i, value));
            }
        }
    }

    /** A value in the form of the measure's: sums of integers are decimals. */
    private Object measured(int measure, Object value) {
        boolean isDecimal = types.get(keys + measure).kind() == ColumnType.Kind.DECIMAL;
        return isDecimal && value instanceof Number number && !(value instanceof BigDecimal)
                ? BigDecimal.valueOf(number.longValue())
                : value;
    }

    /**
     * Adds a group, or a part of one, that a source has aggregated.
     *
     * @param row a row of {@link GroupedScan#rowType}
     * @throws BadQueryException if there are too many groups, or a sum has more than 38 digits
     */
    public void addGroup(Row row) {
        @Nullable Object[] key = new @Nullable Object[keys];
        for (int i = 0; i < keys; i++) {
            key[i] = row.value(i);
        }
        @Nullable Object[] group = group(key);
        for (int i = 0; i < measures.size(); i++) {
            Object value = row.value(keys + i);
            if (value != null) {
                merge(group, i, value);
            }
        }
    }

    private @Nullable Object[] group(@Nullable Object[] key) {
        @Nullable Object[] group = values.get(Arrays.asList(key));
        if (group == null) {
            if (values.size() >= scan.maxGroups()) {
                throw new BadQueryException("table '" + scan.scan().table().name() + "': the aggregation has more than "
                        + scan.maxGroups() + " groups; group by fewer columns, aggregate fewer rows, or allow more with"
                        + " maxGroups(…)");
            }
            group = new @Nullable Object[measures.size()];
            values.put(Arrays.asList(key), group);
        }
        return group;
    }

    private void merge(@Nullable Object[] group, int measure, Object value) {
        Object before = group[measure];
        ColumnType type = types.get(keys + measure);
        // 0.0 and -0.0 are one: adding 0.0 makes the one of the other.
        Object next = value instanceof Double number ? (Object) (number + 0.0) : value;
        group[measure] = before == null
                ? next
                : switch (measures.get(measure).function()) {
                    case COUNT -> (Long) before + (Long) next;
                    case SUM ->
                        type.kind() == ColumnType.Kind.DOUBLE
                                ? (Object) ((Double) before + (Double) next)
                                : ((BigDecimal) before).add((BigDecimal) next);
                    case MIN -> type.order().compare(next, before) < 0 ? next : before;
                    case MAX -> type.order().compare(next, before) > 0 ? next : before;
                    case AVG -> throw new IllegalStateException("averages are made of sums and counts");
                };
    }

    /**
     * The groups so far, in the order of the bucket and then of the grouped columns, as {@link ColumnType#order} says,
     * NULL last. Without buckets and grouped columns there is one group even of no rows.
     *
     * @return rows of {@link GroupedScan#rowType}
     * @throws BadQueryException if a sum has more than 38 digits
     */
    public List<Row> rows() {
        if (keys == 0) {
            group(new @Nullable Object[0]);
        }
        List<List<@Nullable Object>> ordered = new ArrayList<>(values.keySet());
        ordered.sort(order());
        List<Row> rows = new ArrayList<>();
        for (List<@Nullable Object> key : ordered) {
            rows.add(row(key, Objects.requireNonNull(values.get(key))));
        }
        return Collections.unmodifiableList(rows);
    }

    private Row row(List<@Nullable Object> key, @Nullable Object[] group) {
        @Nullable Object[] row = key.toArray(new @Nullable Object[keys + group.length]);
        for (int i = 0; i < group.length; i++) {
            Object value = group[i];
            boolean isCount = measures.get(i).function() == Measure.Function.COUNT;
            row[keys + i] = value == null ? (isCount ? (Object) 0L : null) : canonical(i, value);
        }
        return scan.rowType().row(row);
    }

    private Object canonical(int measure, Object value) {
        try {
            return types.get(keys + measure).canonical(value);
        } catch (IllegalArgumentException e) {
            throw new BadQueryException(
                    "table '" + scan.scan().table().name() + "': "
                            + measures.get(measure).name() + " of a group is too large: " + e.getMessage()
                            + "; aggregate fewer rows at a time",
                    e);
        }
    }

    private Comparator<List<@Nullable Object>> order() {
        List<Comparator<Object>> orders =
                types.subList(0, keys).stream().map(ColumnType::order).toList();
        return (left, right) -> {
            for (int i = 0; i < keys; i++) {
                Object a = left.get(i);
                Object b = right.get(i);
                int comparison = a == null || b == null
                        ? Boolean.compare(a == null, b == null)
                        : orders.get(i).compare(a, b);
                if (comparison != 0) {
                    return comparison;
                }
            }
            return 0;
        };
    }
}
