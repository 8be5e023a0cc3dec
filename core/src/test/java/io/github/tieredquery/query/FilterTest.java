package io.github.tieredquery.query;

import static io.github.tieredquery.query.Filter.all;
import static io.github.tieredquery.query.Filter.and;
import static io.github.tieredquery.query.Filter.between;
import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.in;
import static io.github.tieredquery.query.Filter.isNull;
import static io.github.tieredquery.query.Filter.ne;
import static io.github.tieredquery.query.Filter.none;
import static io.github.tieredquery.query.Filter.not;
import static io.github.tieredquery.query.Filter.or;
import static io.github.tieredquery.query.Filter.prefix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FilterTest {

    private static final Table FLIGHTS = Table.builder("flights")
            .time("departed_at")
            .key("id", ColumnType.INT64)
            .column("origin", ColumnType.STRING)
            .column("fare", ColumnType.decimal(9, 2))
            .column("ratio", ColumnType.DOUBLE)
            .column("photo", ColumnType.BINARY)
            .build();

    static Stream<BiFunction<String, Object, Filter>> factories() {
        return Stream.of(
                Filter::eq,
                Filter::ne,
                Filter::lt,
                Filter::le,
                Filter::gt,
                Filter::ge,
                (column, value) -> between(column, value, 1),
                (column, value) -> between(column, 1, value),
                (column, value) -> in(column, 1, value),
                (column, value) -> in(column, Arrays.asList(value, 1)),
                (column, value) -> prefix(column, (String) value));
    }

    @ParameterizedTest
    @MethodSource("factories")
    void a_factory_refuses_null(BiFunction<String, Object, Filter> factory) {
        assertThatThrownBy(() -> factory.apply("origin", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the filter on 'origin' has the value null: leave an absent condition out with"
                        + " whereIfPresent, or ask with isNull");
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake that is tested
    void a_combination_refuses_a_null_filter() {
        assertThatThrownBy(() -> and(eq("a", 1), null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> or(null, eq("a", 1))).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> not(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void in_of_nothing_matches_nothing() {
        assertThat(in("origin").boundTo(FLIGHTS)).isEqualTo(none());
        assertThat(in("origin", List.of()).boundTo(FLIGHTS)).isEqualTo(none());
        assertThat(not(in("origin")).boundTo(FLIGHTS)).isEqualTo(all());
        assertThat(and(eq("id", 1), in("origin")).boundTo(FLIGHTS)).isEqualTo(none());
        assertThat(or(eq("id", 1), in("origin")).boundTo(FLIGHTS)).isEqualTo(eq("id", 1L));
    }

    @Test
    void in_holds_each_value_once() {
        assertThat(in("id", 2, 1, 2)).isEqualTo(new Filter.In("id", List.of(2, 1)));
        assertThat(in("id", 1L, 1).boundTo(FLIGHTS)).isEqualTo(in("id", 1L));
        assertThat(in("photo", new byte[] {1}, new byte[] {2}, new byte[] {1}))
                .isEqualTo(in("photo", new byte[] {1}, new byte[] {2}));
    }

    @Test
    void filters_are_equal_by_content() {
        assertThat(eq("photo", new byte[] {1}))
                .isEqualTo(eq("photo", new byte[] {1}))
                .hasSameHashCodeAs(eq("photo", new byte[] {1}))
                .isNotEqualTo(eq("photo", new byte[] {2}))
                .isNotEqualTo(ne("photo", new byte[] {1}))
                .isNotEqualTo(eq("picture", new byte[] {1}));
        assertThat(in("photo", new byte[] {1}, new byte[0]))
                .isEqualTo(in("photo", new byte[] {1}, new byte[0]))
                .hasSameHashCodeAs(in("photo", new byte[] {1}, new byte[0]))
                .isNotEqualTo(in("photo", new byte[] {1}))
                .isNotEqualTo(in("picture", new byte[] {1}, new byte[0]));
        assertThat(and(eq("a", 1), eq("b", 1)))
                .isEqualTo(and(eq("a", 1), eq("b", 1)))
                .isNotEqualTo(or(eq("a", 1), eq("b", 1)));
    }

    @Test
    void combinations_are_flat_and_as_short_as_can_be() {
        Filter a = eq("a", 1);
        Filter b = eq("b", 1);
        Filter c = eq("c", 1);

        assertThat(and()).isEqualTo(all());
        assertThat(or()).isEqualTo(none());
        assertThat(and(a)).isEqualTo(a);
        assertThat(or(a)).isEqualTo(a);
        assertThat(and(a, all())).isEqualTo(a);
        assertThat(and(a, none())).isEqualTo(none());
        assertThat(or(a, none())).isEqualTo(a);
        assertThat(or(a, all())).isEqualTo(all());
        assertThat(not(all())).isEqualTo(none());
        assertThat(not(none())).isEqualTo(all());
        assertThat(and(and(a, b), c)).isEqualTo(and(a, b, c));
        assertThat(or(a, or(b, c))).isEqualTo(or(a, b, c));
    }

    @Test
    void a_filter_reads_as_a_condition() {
        assertThat(or(and(eq("origin", "O'Hare"), ne("id", 5)), not(isNull("fare")), in("id", 1, 2)))
                .hasToString("(origin = 'O''Hare' and id <> 5) or not fare is null or id in (1, 2)");
        assertThat(not(or(between("id", 1, 2), prefix("origin", "S"))))
                .hasToString("not ((id >= 1 and id <= 2) or origin starts with 'S')");
        assertThat(or(all(), eq("a", 1))).hasToString("true");
        assertThat(and(none(), eq("a", 1))).hasToString("false");
        assertThat(eq("photo", new byte[] {1, -1})).hasToString("photo = 0x01ff");
    }

    @Test
    void a_filter_knows_its_columns() {
        assertThat(or(and(eq("a", 1), in("b", 1)), not(prefix("c", "x")), isNull("d"), eq("a", 2))
                        .columns())
                .containsExactly("a", "b", "c", "d");
        assertThat(all().columns()).isEmpty();
    }

    @Test
    void binding_brings_values_into_the_columns_java_form() {
        assertThat(and(eq("id", 5), in("id", 1, 2L), not(eq("fare", new BigDecimal("1.5"))), isNull("origin"))
                        .boundTo(FLIGHTS))
                .isEqualTo(
                        and(eq("id", 5L), in("id", 1L, 2L), not(eq("fare", new BigDecimal("1.50"))), isNull("origin")));
        assertThat(prefix("origin", "S").boundTo(FLIGHTS)).isEqualTo(prefix("origin", "S"));
    }

    static Stream<Arguments> unbindable() {
        String columns = "[departed_at, id, origin, fare, ratio, photo]";
        return Stream.of(
                arguments(eq("nowhere", 1), "table 'flights' has no column 'nowhere' to filter on; it has " + columns),
                arguments(in("nowhere"), "table 'flights' has no column 'nowhere' to filter on; it has " + columns),
                arguments(
                        not(isNull("nowhere")),
                        "table 'flights' has no column 'nowhere' to filter on; it has " + columns),
                arguments(
                        prefix("nowhere", "a"),
                        "table 'flights' has no column 'nowhere' to filter on; it has " + columns),
                arguments(eq("id", "5"), "table 'flights', filter on column 'id': INT64 takes a Long, not a String"),
                arguments(
                        or(eq("id", 5), in("origin", "A", 5)),
                        "table 'flights', filter on column 'origin': STRING takes a String, not a Integer"),
                arguments(
                        eq("fare", new BigDecimal("0.001")),
                        "table 'flights', filter on column 'fare': DECIMAL(9,2) cannot hold a value of scale 3"),
                arguments(
                        eq("ratio", Double.NaN),
                        "table 'flights', filter on column 'ratio': NaN compares with nothing"),
                arguments(
                        prefix("origin", "\ud83d"),
                        "table 'flights', filter on column 'origin': STRING cannot hold an unpaired surrogate"
                                + " (at index 0)"),
                arguments(
                        prefix("id", "5"),
                        "table 'flights', column 'id': prefix needs a STRING column, this one is INT64"));
    }

    @ParameterizedTest
    @MethodSource("unbindable")
    void a_filter_that_does_not_fit_the_table_is_refused(Filter filter, String message) {
        assertThatThrownBy(() -> filter.boundTo(FLIGHTS))
                .isInstanceOf(BadQueryException.class)
                .hasMessage(message);
    }
}
