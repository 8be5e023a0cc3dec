package io.github.tieredquery.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {

    private static final Table FLIGHTS = Table.builder("flights")
            .column("origin", ColumnType.STRING)
            .key("carrier", ColumnType.STRING)
            .key("id", ColumnType.INT64)
            .required("fare", ColumnType.decimal(9, 2))
            .time("departed_at")
            .build();

    @Test
    void columns_are_the_time_the_key_and_the_others() {
        assertThat(FLIGHTS.rowType().names()).containsExactly("departed_at", "carrier", "id", "origin", "fare");
        assertThat(FLIGHTS.orderColumns()).containsExactly("departed_at", "carrier", "id");
        assertThat(FLIGHTS.keyColumns()).extracting(Column::name).containsExactly("carrier", "id");
        assertThat(FLIGHTS.timeColumn()).isEqualTo(new Column("departed_at", ColumnType.TIMESTAMP, false));
        assertThat(FLIGHTS.column("origin").nullable()).isTrue();
        assertThat(FLIGHTS.column("fare").nullable()).isFalse();
        assertThat(FLIGHTS.name()).isEqualTo("flights");
    }

    @Test
    void a_description_names_columns_types_nullability_and_order() {
        assertThat(FLIGHTS.describe())
                .isEqualTo("flights(departed_at TIMESTAMP NOT NULL, carrier STRING NOT NULL, id INT64 NOT NULL,"
                        + " origin STRING, fare DECIMAL(9,2) NOT NULL; key departed_at, carrier, id)");
        assertThat(FLIGHTS).hasToString(FLIGHTS.describe());
    }

    @Test
    void tables_are_equal_by_what_they_hold() {
        Table one = Table.builder("t").time("at").key("id", ColumnType.INT64).build();
        Table same = Table.builder("t").key("id", ColumnType.INT64).time("at").build();

        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(one)
                .isNotEqualTo(Table.builder("u")
                        .time("at")
                        .key("id", ColumnType.INT64)
                        .build())
                .isNotEqualTo(Table.builder("t")
                        .time("at")
                        .key("id", ColumnType.INT32)
                        .build())
                .isNotEqualTo(FLIGHTS);
    }

    @Test
    void a_table_without_time_is_refused() {
        assertThatThrownBy(() -> Table.builder("t").key("id", ColumnType.INT64).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 't' has no time column; name it with time(…)");
    }

    @Test
    void a_table_without_key_is_refused() {
        assertThatThrownBy(() -> Table.builder("t").time("at").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 't' has no key; add the columns that make a row unique at its time with key(…)");
    }

    @Test
    void a_second_time_column_is_refused() {
        assertThatThrownBy(() -> Table.builder("t").time("at").time("then"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 't' has the time column 'at' already");
    }

    @Test
    void a_key_whose_order_backends_do_not_share_is_refused() {
        assertThatThrownBy(() -> Table.builder("t").key("k", ColumnType.DOUBLE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 't': key column 'k' is DOUBLE; a key is one of"
                        + " [INT32, INT64, DECIMAL, STRING, DATE, TIMESTAMP]");
        assertThatThrownBy(() -> Table.builder("t").key("k", ColumnType.BINARY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Table.builder("t").key("k", ColumnType.BOOLEAN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_name_that_stands_twice_is_refused() {
        Table.Builder builder =
                Table.builder("t").time("at").key("id", ColumnType.INT64).column("at", ColumnType.STRING);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 't': column 'at' stands twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Id", "1a", "a-b", "a b", "é", "a\"b", "a.b"})
    void a_malformed_column_name_is_refused(String name) {
        assertThatThrownBy(() -> new Column(name, ColumnType.STRING, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("column name '" + name + "' must be 1 to 63 of a-z, 0-9 and _, not starting with a digit;"
                        + " map a backend's other name in its source");
    }

    @Test
    void a_column_name_has_at_most_63_characters_and_is_not_reserved() {
        assertThat(new Column("a".repeat(63), ColumnType.STRING, true).name()).hasSize(63);
        assertThatThrownBy(() -> new Column("a".repeat(64), ColumnType.STRING, true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Column("tq_version", ColumnType.STRING, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("column name 'tq_version' starts with tq_, which is reserved");
    }

    @Test
    void a_nameless_table_is_refused() {
        assertThatThrownBy(() -> Table.builder(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a table needs a name");
    }

    @Test
    void an_unknown_column_is_named_with_those_there_are() {
        assertThatThrownBy(() -> FLIGHTS.column("nowhere"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'flights' has no column 'nowhere';"
                        + " it has [departed_at, carrier, id, origin, fare]");
    }

    @Test
    void rows_are_ordered_by_time_then_by_key_in_whatever_order_their_columns_stand() {
        RowType type =
                RowType.of(List.of(FLIGHTS.column("id"), FLIGHTS.column("carrier"), FLIGHTS.column("departed_at")));
        Instant later = Instant.EPOCH.plusNanos(1000);
        List<Row> ascending = List.of(
                type.row(new Object[] {9L, "A", Instant.EPOCH}),
                type.row(new Object[] {10L, "A", Instant.EPOCH}),
                type.row(new Object[] {1L, "\uff5a", Instant.EPOCH}),
                type.row(new Object[] {1L, "\ud835\udd18", Instant.EPOCH}),
                type.row(new Object[] {0L, "A", later}));
        List<Row> sorted = new ArrayList<>(ascending);
        Collections.reverse(sorted);
        sorted.sort(FLIGHTS.rowOrder(type));

        assertThat(sorted).containsExactlyElementsOf(ascending);
    }

    @Test
    void rows_without_a_key_column_have_no_order() {
        RowType type = RowType.of(List.of(FLIGHTS.column("departed_at"), FLIGHTS.column("id")));

        assertThatThrownBy(() -> FLIGHTS.rowOrder(type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no column 'carrier' among [departed_at, id]");
    }
}
