package io.github.tieredquery.internal.fold;

import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes an aggregation's result of the groups that were put together: averages of sums and counts. */
public record GroupResult(Aggregation aggregation, RowType type) {

    /**
     * For one aggregation.
     *
     * @throws io.github.tieredquery.error.BadQueryException if it doesn't fit the table
     */
    public static GroupResult of(Table table, Aggregation aggregation) {
        return new GroupResult(aggregation, RowType.of(aggregation.resultOf(table)));
    }

    /** The rows as the caller gets them. */
    public List<Row> of(List<Row> groups) {
        return groups.stream().map(this::row).toList();
    }

    private Row row(Row group) {
        @Nullable Object[] values = new @Nullable Object[type.columns().size()];
        int keys = values.length - aggregation.measures().size();
        for (int i = 0; i < values.length; i++) {
            Column column = type.columns().get(i);
            boolean isAverage =
                    i >= keys && aggregation.measures().get(i - keys).function() == Measure.Function.AVG;
            values[i] = isAverage
                    ? average(
                            group,
                            Objects.requireNonNull(
                                    aggregation.measures().get(i - keys).column()),
                            column.type())
                    : group.value(column.name());
        }
        return type.row(values);
    }

    private static @Nullable Object average(Row group, String column, ColumnType type) {
        Object sum = group.value(new Measure(Measure.Function.SUM, column).name());
        long count = (Long) Objects.requireNonNull(group.value(new Measure(Measure.Function.COUNT, column).name()));
        if (sum == null) {
            return null;
        }
        return sum instanceof Double number
                ? (Object) (number / count)
                : ((BigDecimal) sum).divide(BigDecimal.valueOf(count), type.scale(), RoundingMode.HALF_UP);
    }
}
