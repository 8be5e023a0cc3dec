package io.github.tieredquery.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RowTest {

    private static final RowType TYPE = RowType.of(List.of(
            new Column("flag", ColumnType.BOOLEAN, true),
            new Column("small", ColumnType.INT32, true),
            new Column("big", ColumnType.INT64, true),
            new Column("ratio", ColumnType.DOUBLE, true),
            new Column("fare", ColumnType.decimal(9, 2), true),
            new Column("origin", ColumnType.STRING, true),
            new Column("day", ColumnType.DATE, true),
            new Column("at", ColumnType.TIMESTAMP, true),
            new Column("photo", ColumnType.BINARY, true)));

    private static Object[] values() {
        return new Object[] {
            true,
            1,
            2L,
            Double.NaN,
            new BigDecimal("3.50"),
            "O'Hare",
            LocalDate.EPOCH,
            Instant.EPOCH,
            new byte[] {1, -1}
        };
    }

    @Test
    void each_value_is_read_by_its_type() {
        Row row = TYPE.row(values());

        assertThat(row.bool("flag")).isTrue();
        assertThat(row.int32("small")).isEqualTo(1);
        assertThat(row.int64("big")).isEqualTo(2);
        assertThat(row.float64("ratio")).isNaN();
        assertThat(row.decimal("fare")).isEqualTo(new BigDecimal("3.50"));
        assertThat(row.string("origin")).isEqualTo("O'Hare");
        assertThat(row.date("day")).isEqualTo(LocalDate.EPOCH);
        assertThat(row.timestamp("at")).isEqualTo(Instant.EPOCH);
        assertThat(row.binary("photo")).containsExactly(1, -1);
        assertThat(row.value("small")).isEqualTo(row.value(1));
        assertThat(row)
                .hasToString("{flag=true, small=1, big=2, ratio=NaN, fare=3.50, origin='O'Hare', day=1970-01-01,"
                        + " at=1970-01-01T00:00:00Z, photo=0x01ff}");
    }

    @Test
    void null_is_null_in_every_type() {
        Row row = TYPE.row(new Object[9]);

        assertThat(row.bool("flag")).isNull();
        assertThat(row.int32("small")).isNull();
        assertThat(row.int64("big")).isNull();
        assertThat(row.float64("ratio")).isNull();
        assertThat(row.decimal("fare")).isNull();
        assertThat(row.string("origin")).isNull();
        assertThat(row.date("day")).isNull();
        assertThat(row.timestamp("at")).isNull();
        assertThat(row.binary("photo")).isNull();
    }

    @Test
    void rows_are_equal_by_columns_and_values() {
        Row row = TYPE.row(values());

        assertThat(row).isEqualTo(TYPE.row(values())).hasSameHashCodeAs(TYPE.row(values()));
        for (int i = 0; i < 9; i++) {
            Object[] other = values();
            other[i] = null;
            assertThat(row).isNotEqualTo(TYPE.row(other));
        }
        Object[] photo = values();
        photo[8] = new byte[] {1, -2};
        assertThat(row).isNotEqualTo(TYPE.row(photo));
        RowType one = RowType.of(List.of(new Column("a", ColumnType.STRING, true)));
        RowType another = RowType.of(List.of(new Column("b", ColumnType.STRING, true)));
        assertThat(one.row(new Object[] {"x"})).isNotEqualTo(another.row(new Object[] {"x"}));
        assertThat(one.row(new Object[] {""})).isNotEqualTo(one.row(new Object[] {null}));
    }

    @Test
    void a_byte_string_that_was_taken_out_is_the_callers() {
        Row row = TYPE.row(values());
        byte[] photo = Objects.requireNonNull(row.binary("photo"));
        photo[0] = 9;

        assertThat(row.binary("photo")).containsExactly(1, -1);
    }

    @Test
    void mistakes_in_reading_are_told() {
        Row row = TYPE.row(values());

        assertThatThrownBy(() -> row.int64("small")).isInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> row.string("nowhere"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no column 'nowhere' among [flag, small, big, ratio, fare, origin, day, at, photo]");
        assertThatThrownBy(() -> TYPE.row(new Object[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 values for 9 columns");
    }

    @Test
    void a_row_of_values_from_anywhere_has_them_in_their_java_form() {
        Table table = Table.builder("orders")
                .time("at")
                .key("id", ColumnType.INT64)
                .column("price", ColumnType.decimal(9, 2))
                .column("note", ColumnType.STRING)
                .build();
        Instant at = Instant.parse("2026-01-01T00:00:00Z");
        Row row = table.row(at, 7, new BigDecimal("1.5"), null);
        assertThat(row).isEqualTo(table.rowType().row(new Object[] {at, 7L, new BigDecimal("1.50"), null}));
        assertThat(row.with("note", "n").with("price", 2))
                .isEqualTo(table.rowType().row(new Object[] {at, 7L, new BigDecimal("2.00"), "n"}));
        assertThat(row.value("note")).isNull();

        assertThatThrownBy(() -> table.row(at, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'orders': 2 values for the columns [at, id, price, note]");
        assertThatThrownBy(() -> table.row(at.plusNanos(1), 7, null, null))
                .hasMessage("table 'orders', column 'at': TIMESTAMP holds whole microseconds, not"
                        + " 2026-01-01T00:00:00.000000001Z");
        assertThatThrownBy(() -> table.row(at, null, null, null))
                .hasMessage("table 'orders', column 'id': it is null, and the column never is");
        assertThatThrownBy(() -> row.with("note", "a\0"))
                .hasMessage("column 'note': STRING cannot hold the character NUL (at index 1)");
        assertThatThrownBy(() -> row.with("notes", "a")).hasMessage("no column 'notes' among [at, id, price, note]");
    }
}
