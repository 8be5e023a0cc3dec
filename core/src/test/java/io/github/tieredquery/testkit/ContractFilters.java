package io.github.tieredquery.testkit;

import static io.github.tieredquery.testkit.ContractRows.READINGS;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** The conditions on {@link ContractRows#READINGS} that the contract asks. */
final class ContractFilters {

    private ContractFilters() {}

    /** Every kind of condition on a column, with the values that make a difference. */
    static List<Filter> on(Column column) {
        String name = column.name();
        List<Object> values = valuesOf(column);
        List<Filter> filters = new ArrayList<>();
        for (Object value : values) {
            for (Filter.Operator operator : Filter.Operator.values()) {
                filters.add(new Filter.Comparison(name, operator, value));
            }
        }
        Object first = values.get(0);
        Object last = values.get(values.size() - 1);
        filters.add(Filter.between(name, first, last));
        filters.add(Filter.between(name, last, first));
        filters.add(Filter.not(Filter.between(name, first, last)));
        filters.add(Filter.in(name, first));
        filters.add(Filter.in(name, values));
        filters.add(Filter.not(Filter.in(name, List.of(first, last))));
        filters.add(Filter.in(name, List.of()));
        filters.add(Filter.not(Filter.in(name, List.of())));
        filters.add(Filter.isNull(name));
        filters.add(Filter.not(Filter.isNull(name)));
        filters.add(Filter.not(Filter.eq(name, first)));
        filters.add(Filter.or(Filter.isNull(name), Filter.lt(name, last)));
        filters.add(Filter.not(Filter.or(Filter.eq(name, first), Filter.gt(name, last))));
        if (column.type().kind() == ColumnType.Kind.STRING) {
            List.of("a", "", "%", "a%", "_", "\\", "e", "eu ", "\ud83d\ude00", "\u00e4")
                    .forEach(prefix -> {
                        filters.add(Filter.prefix(name, prefix));
                        filters.add(Filter.not(Filter.prefix(name, prefix)));
                    });
            List.of("a", "", "b", "a%b_c", "%2C", "\n", "\ud83d\ude00").forEach(element -> {
                filters.add(Filter.hasElement(name, element));
                filters.add(Filter.not(Filter.hasElement(name, element)));
            });
        }
        return filters;
    }

    /** Conditions that are put together by chance, the same ones in each run. */
    static List<Filter> random(int count) {
        Random random = new Random(7);
        List<Filter> filters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            filters.add(random(random, 3));
        }
        return filters;
    }

    private static Filter random(Random random, int depth) {
        int kind = depth == 0 ? 3 : random.nextInt(5);
        if (kind == 0) {
            return Filter.not(random(random, depth - 1));
        } else if (kind == 1) {
            return Filter.and(random(random, depth - 1), random(random, depth - 1));
        } else if (kind == 2) {
            return Filter.or(random(random, depth - 1), random(random, depth - 1), random(random, depth - 1));
        }
        List<Column> columns = READINGS.rowType().columns();
        List<Filter> leaves = on(columns.get(random.nextInt(columns.size())));
        return leaves.get(random.nextInt(leaves.size()));
    }

    /** Values to compare with: NaN is none, since a filter refuses it. */
    private static List<Object> valuesOf(Column column) {
        return ContractRows.interesting(column).stream()
                .filter(Objects::nonNull)
                .map(Object.class::cast)
                .filter(value -> !value.equals(Double.NaN))
                .toList();
    }
}
