package io.github.tieredquery.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Filters against a reckoning in numbers: false is 0, unknown 1, true 2; and is the least, or the greatest. */
class FilterProperties {

    private static final RowType TYPE =
            RowType.of(List.of(new Column("a", ColumnType.INT32, true), new Column("b", ColumnType.INT32, true)));
    private static final List<Integer> TRUTHS = List.of(0, 1, 2);

    /** {@code a = 1} is false, unknown and true of these rows. */
    private static Row row(int truth) {
        return TYPE.row(new Object[] {truth == 1 ? null : Integer.valueOf(truth == 2 ? 1 : 0), null});
    }

    private static int truth(Filter filter, Row row) {
        boolean holds = filter.matches(row);
        boolean fails = Filter.not(filter).matches(row);
        assertThat(holds && fails).isFalse();
        return holds ? 2 : fails ? 0 : 1;
    }

    @Example
    void and_or_and_not_have_the_truth_tables_of_sql() {
        Filter a = Filter.eq("a", 1);
        Filter b = Filter.eq("b", 1);
        for (int left : TRUTHS) {
            for (int right : TRUTHS) {
                Row row =
                        TYPE.row(new Object[] {row(left).value("a"), row(right).value("a")});
                assertThat(truth(Filter.and(a, b), row)).isEqualTo(Math.min(left, right));
                assertThat(truth(Filter.or(a, b), row)).isEqualTo(Math.max(left, right));
            }
            assertThat(truth(Filter.not(a), row(left))).isEqualTo(2 - left);
            assertThat(truth(Filter.not(Filter.not(a)), row(left))).isEqualTo(left);
            assertThat(truth(Filter.isNull("a"), row(left))).isEqualTo(left == 1 ? 2 : 0);
            assertThat(truth(Filter.all(), row(left))).isEqualTo(2);
            assertThat(truth(Filter.none(), row(left))).isEqualTo(0);
            assertThat(truth(new Filter.In("a", List.of()), row(left))).isEqualTo(0);
        }
    }

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
    void any_combination_has_the_meaning_of_sql(@ForAll("filters") Filter filter, @ForAll("rows") Row row) {
        assertThat(truth(filter, row)).isEqualTo(reckon(filter, row));
    }

    private static int reckon(Filter filter, Row row) {
        if (filter instanceof Filter.And and) {
            return and.filters().stream()
                    .mapToInt(part -> reckon(part, row))
                    .min()
                    .orElse(2);
        } else if (filter instanceof Filter.Or or) {
            return or.filters().stream()
                    .mapToInt(part -> reckon(part, row))
                    .max()
                    .orElse(0);
        } else if (filter instanceof Filter.Not not) {
            return 2 - reckon(not.filter(), row);
        } else if (filter instanceof Filter.IsNull isNull) {
            return row.value(isNull.column()) == null ? 2 : 0;
        } else if (filter instanceof Filter.In in) {
            return in.values().stream()
                    .mapToInt(value -> reckon(Filter.eq(in.column(), value), row))
                    .max()
                    .orElse(0);
        } else if (filter instanceof Filter.Comparison comparison) {
            Integer left = row.int32(comparison.column());
            if (left == null) {
                return 1;
            }
            int right = (Integer) comparison.value();
            boolean holds = switch (comparison.operator()) {
                case EQ -> left == right;
                case NE -> left != right;
                case LT -> left < right;
                case LE -> left <= right;
                case GT -> left > right;
                case GE -> left >= right;
            };
            return holds ? 2 : 0;
        }
        return filter instanceof Filter.All ? 2 : 0;
    }

    @Provide
    Arbitrary<Row> rows() {
        Arbitrary<Integer> values = Arbitraries.integers().between(0, 3).injectNull(0.3);
        return Combinators.combine(values, values).as((a, b) -> TYPE.row(new Object[] {a, b}));
    }

    @Provide
    Arbitrary<Filter> filters() {
        Arbitrary<String> columns = Arbitraries.of("a", "b");
        Arbitrary<Integer> values = Arbitraries.integers().between(0, 3);
        Arbitrary<Filter> single = Arbitraries.frequencyOf(
                Tuple.of(
                        6,
                        Combinators.combine(columns, Arbitraries.of(Filter.Operator.values()), values)
                                .as(Filter.Comparison::new)),
                Tuple.of(
                        3,
                        Combinators.combine(columns, values.list().ofMaxSize(3)).as(Filter::in)),
                Tuple.of(1, columns.map(Filter::isNull)),
                Tuple.of(1, Arbitraries.of(Filter.all(), Filter.none())));
        return Arbitraries.recursive(
                () -> single,
                inner -> Arbitraries.oneOf(
                        inner.list().ofMaxSize(3).map(Filter::and),
                        inner.list().ofMaxSize(3).map(Filter::or),
                        inner.map(Filter::not)),
                0,
                4);
    }

    @Example
    void doubles_compare_as_ieee_754_says() {
        RowType type = RowType.of(List.of(new Column("x", ColumnType.DOUBLE, true)));
        List<Double> values =
                Arrays.asList(Double.NEGATIVE_INFINITY, -1.0, -0.0, 0.0, 1.0, Double.POSITIVE_INFINITY, Double.NaN);
        for (double left : values) {
            for (double right : values) {
                Row row = type.row(new Object[] {left});
                assertThat(Filter.eq("x", right).matches(row)).isEqualTo(left == right);
                assertThat(Filter.ne("x", right).matches(row)).isEqualTo(left != right);
                assertThat(Filter.lt("x", right).matches(row)).isEqualTo(left < right);
                assertThat(Filter.le("x", right).matches(row)).isEqualTo(left <= right);
                assertThat(Filter.gt("x", right).matches(row)).isEqualTo(left > right);
                assertThat(Filter.ge("x", right).matches(row)).isEqualTo(left >= right);
                assertThat(Filter.in("x", right).matches(row)).isEqualTo(left == right);
            }
        }
    }

    @Example
    void strings_compare_by_code_point_and_to_the_letter() {
        RowType type = RowType.of(List.of(new Column("s", ColumnType.STRING, true)));
        Row row = type.row(new Object[] {"\uff5a"});

        assertThat(Filter.lt("s", "\ud835\udd18").matches(row)).isTrue();
        assertThat(Filter.eq("s", "\uff5a ").matches(row)).isFalse();
        assertThat(Stream.of("", "\uff5a")
                        .allMatch(prefix -> Filter.prefix("s", prefix).matches(row)))
                .isTrue();
        assertThat(Filter.prefix("s", "").matches(type.row(new Object[] {null})))
                .isFalse();
        assertThat(Filter.not(Filter.prefix("s", "a")).matches(type.row(new Object[] {null})))
                .isFalse();
    }
}
