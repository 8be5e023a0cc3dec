package io.github.tieredquery.dynamodb.internal.plan;

import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.KeyText;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why a query is refused, with the declaration that would serve it, to be pasted.
 *
 * @param source the source's name
 */
record RefusalMessage(DeclaredTable declared, String source) {

    private static final int MAX_NAME = 32;

    /**
     * The query names no partition, or too many.
     *
     * @param named how many it names
     */
    String ofPartitions(int named) {
        String partition = Objects.requireNonNull(declared.partition()).name();
        String allow = ", or allow reading the whole table with allowFilterScans()";
        return named > 0
                ? source + ": the query names " + named + " values of " + partition
                        + ", and each is a partition of its own; ask for at most " + AccessPlanner.MAX_VALUES + allow
                : source + ": the query names no " + partition
                        + ", and its rows lie in one partition for each; add eq(\"" + partition
                        + "\", …), as restrictedTo(…) can" + allow;
    }

    /** No pattern serves any of these conditions. */
    String ofConditions(List<Filter> conditions) {
        String columns = conditions.stream()
                .flatMap(condition -> condition.columns().stream())
                .distinct()
                .collect(Collectors.joining(", "));
        List<String> advice = new ArrayList<>();
        for (Filter condition : conditions) {
            for (Column column : declared.table().rowType().columns()) {
                List<Object> values = AccessPlanner.values(declared, condition, column);
                if (values != null && KeyText.canHold(column)) {
                    advice.add(advice(column, values));
                } else if (values == null && asksForElement(condition, column)) {
                    advice.add(declare(
                            column,
                            ".list(\"" + column.name() + "\", \"" + declared.attribute(column.name()) + "[]\")"));
                }
            }
        }
        return source + ": no declared pattern serves the filter on " + columns + "; "
                + (advice.isEmpty()
                        ? "a pattern answers equality, in(…) and, on a list, hasElement(…): add such a condition, or keep"
                                + " a column that has one value for all rows that are meant"
                        : String.join(", or ", advice))
                + ", or allow reading all rows of the range with allowFilterScans()";
    }

    /** A list that isn't declared as one. */
    private static boolean asksForElement(Filter condition, Column column) {
        return condition instanceof Filter.HasElement has
                ? has.column().equals(column.name()) && column.type().kind() == ColumnType.Kind.STRING
                : condition instanceof Filter.Or or
                        && or.filters().stream().allMatch(part -> asksForElement(part, column));
    }

    private String advice(Column column, List<Object> values) {
        if (values.size() > AccessPlanner.MAX_VALUES) {
            return "ask for at most " + AccessPlanner.MAX_VALUES + " values of " + column.name() + " instead of "
                    + values.size();
        }
        for (AccessPattern pattern : declared.patterns()) {
            if (pattern.column().equals(column.name())) {
                return "pattern " + pattern.name() + " is still building: run its Backfill and take building() away";
            }
        }
        return declare(column, "");
    }

    private String declare(Column column, String list) {
        return "declare " + list + ".pattern(AccessPattern.of(\"" + freeName(column) + "\", \"" + column.name()
                + "\")) on the DynamoDbTable and run its Backfill";
    }

    /** A pattern's name that can be declared: made of the column's, and not taken. */
    private String freeName(Column column) {
        Set<String> taken = new HashSet<>(Set.of(declared.rowName()));
        declared.patterns().forEach(pattern -> taken.add(pattern.name()));
        String upper = column.name().toUpperCase(Locale.ROOT);
        String wanted = upper.startsWith("_") ? "P" + upper : upper;
        String name = start(wanted, MAX_NAME);
        for (int i = 2; taken.contains(name); i++) {
            name = start(wanted, MAX_NAME - 4) + "_" + i;
        }
        return name;
    }

    private static String start(String text, int most) {
        return text.length() > most ? text.substring(0, most) : text;
    }
}
