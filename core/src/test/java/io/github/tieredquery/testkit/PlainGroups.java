package io.github.tieredquery.testkit;

import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an aggregation means, in the plainest way: all rows of a group are kept and each measure looks at all of them.
 */
public final class PlainGroups {

    private final Table table;
    private final Aggregation aggregation;

    /**
     * The meaning of one aggregation.
     *
     * @param table the table of the rows
     * @param aggregation what to make of them
     */
    public PlainGroups(Table table, Aggregation aggregation) {
        this.table = table;
        this.aggregation = aggregation;
    }

    /**
     * Aggregates.
     *
     * @param rows whole rows
     * @return the values of each group, ordered as results are
     */
    public List<List<@Nullable Object>> of(List<Row> rows) {
        Map<List<@Nullable Object>, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : rows) {
            List<@Nullable Object> key = new ArrayList<>();
            aggregation
                    .bucket()
                    .ifPresent(bucket -> key.add(bucket.of(Objects.requireNonNull(
                            row.timestamp(table.timeColumn().name())))));
            aggregation.columns().forEach(column -> key.add(row.value(column)));
            groups.computeIfAbsent(key, absent -> new ArrayList<>()).add(row);
        }
        if (aggregation.columns().isEmpty() && aggregation.bucket().isEmpty()) {
            groups.computeIfAbsent(List.of(), absent -> new ArrayList<>());
        }
        List<List<@Nullable Object>> keys = new ArrayList<>(groups.keySet());
        List<Column> columns = aggregation.resultOf(table);
        for (int i = keys.isEmpty() ? -1 : keys.get(0).size() - 1; i >= 0; i--) {
            int index = i;
            Comparator<Object> order = columns.get(i).type().order();
            keys.sort(
                    Comparator.comparing((List<@Nullable Object> key) -> key.get(index), Comparator.nullsLast(order)));
        }
        List<List<@Nullable Object>> result = new ArrayList<>();
        for (List<@Nullable Object> key : keys) {
            List<@Nullable Object> values = new ArrayList<>(key);
            for (Measure measure : aggregation.measures()) {
                values.add(value(measure, Objects.requireNonNull(groups.get(key))));
            }
            result.add(values);
        }
        return result;
    }

    private @Nullable Object value(Measure measure, List<Row> rows) {
        String column = measure.column();
        if (column == null) {
            return (long) rows.size();
        }
        List<Object> values = rows.stream()
                .map(row -> row.value(column))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
        if (measure.function() == Measure.Function.COUNT) {
            return (long) values.size();
        }
        if (values.isEmpty()) {
            return null;
        }
        ColumnType type = measure.resultOf(table).type();
        Comparator<Object> order = table.column(column).type().order();
        return switch (measure.function()) {
            case MIN -> values.stream().min(order).orElseThrow();
            case MAX -> values.stream().max(order).orElseThrow();
            case SUM -> values.get(0) instanceof Double ? (Object) doubles(values) : type.canonical(sum(values));
            case AVG ->
                values.get(0) instanceof Double
                        ? (Object) (doubles(values) / values.size())
                        : sum(values).divide(BigDecimal.valueOf(values.size()), type.scale(), RoundingMode.HALF_UP);
            case COUNT -> throw new IllegalStateException();
        };
    }

    private static double doubles(List<Object> values) {
        return values.stream().mapToDouble(value -> (Double) value).sum();
    }

    private static BigDecimal sum(List<Object> values) {
        return values.stream().map(value -> new BigDecimal(value.toString())).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /**
     * The values of result rows.
     *
     * @param rows result rows
     * @return the values of each
     */
    public static List<List<@Nullable Object>> values(List<Row> rows) {
        List<List<@Nullable Object>> values = new ArrayList<>();
        for (Row row : rows) {
            @Nullable Object[] each = new @Nullable Object[row.type().columns().size()];
            for (int i = 0; i < each.length; i++) {
                each[i] = row.value(i);
            }
            values.add(Arrays.asList(each));
        }
        return values;
    }

    /**
     * Whether two results are the same: doubles to nine digits, since they may have been added up in any order, and
     * without the sign of zero; everything else exactly.
     *
     * @param left values of each group
     * @param right values of each group
     * @return whether they agree
     */
    public static boolean agree(List<List<@Nullable Object>> left, List<List<@Nullable Object>> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            for (int j = 0; j < left.get(i).size(); j++) {
                if (!agree(left.get(i).get(j), right.get(i).get(j))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean agree(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Double a && right instanceof Double b && !a.equals(b)) {
            return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
        }
        return Objects.equals(left, right);
    }
}
