package io.github.tieredquery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The many values of an {@code in}. */
class DistinctValuesTest {

    /** The types of values, each with as many as are asked for; byte strings are of one length. */
    enum Kind {
        STRING(ColumnType.STRING, i -> "value " + i),
        COLLIDING(ColumnType.STRING, Kind::colliding),
        BINARY(ColumnType.BINARY, i -> ByteBuffer.allocate(16).putInt(12, i).array()),
        COLLIDING_BINARY(ColumnType.BINARY, i -> colliding(i).getBytes(StandardCharsets.US_ASCII)),
        DECIMAL(ColumnType.decimal(20, 4), i -> BigDecimal.valueOf(i, 4)),
        INT64(ColumnType.INT64, i -> (long) i << 32),
        DOUBLE(ColumnType.DOUBLE, i -> i / 8.0),
        TIMESTAMP(ColumnType.TIMESTAMP, i -> Instant.ofEpochSecond(i, 1_000)),
        DATE(ColumnType.DATE, i -> LocalDate.ofEpochDay(i));

        private final ColumnType type;
        private final IntFunction<Object> values;

        Kind(ColumnType type, IntFunction<Object> values) {
            this.type = type;
            this.values = values;
        }

        /** Texts of one hash code. */
        private static String colliding(int i) {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            return text.toString();
        }

        List<Object> values(int count) {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                list.add(values.apply(i));
            }
            return list;
        }
    }

    @ParameterizedTest
    @EnumSource
    void forty_thousand_values_are_taken_bound_and_looked_up_at_once(Kind kind) {
        Table table = Table.builder("things")
                .time("at")
                .key("id", ColumnType.INT64)
                .column("value", kind.type)
                .build();
        RowType type = RowType.of(List.of(new Column("value", kind.type, true)));
        List<Object> twice = new ArrayList<>(kind.values(40_000));
        twice.addAll(kind.values(40_000));
        // What compares each with each takes minutes: 800 million comparisons, four times.
        Assertions.assertThat(org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                    Filter.In in = (Filter.In) Filter.in("value", twice).boundTo(table);
                    int matched = 0;
                    for (Object value : kind.values(40_010)) {
                        Row row = type.row(new Object[] {value});
                        matched += in.matches(row) ? 1 : 0;
                    }
                    return List.of(in.values().size(), matched);
                }))
                .isEqualTo(List.of(40_000, 40_000));
    }

    @Test
    void values_are_one_where_a_comparison_finds_them_equal() {
        assertThat(new Filter.In("a", List.of(new BigDecimal("1.0"), new BigDecimal("1.00"), new BigDecimal("10")))
                        .values())
                .isEqualTo(List.of(new BigDecimal("1.0"), new BigDecimal("10")));
        assertThat(new Filter.In("a", List.of(0.0, -0.0, 1.0)).values()).isEqualTo(List.of(0.0, 1.0));
        assertThat(new Filter.In("a", List.of(new byte[] {1}, new byte[] {1}, new byte[] {1, 0})).values())
                .usingElementComparator((a, b) -> java.util.Arrays.compare((byte[]) a, (byte[]) b))
                .isEqualTo(List.of(new byte[] {1}, new byte[] {1, 0}));
        RowType type = RowType.of(List.of(new Column("a", ColumnType.DOUBLE, true)));
        Filter in = new Filter.In("a", List.of(0.0, Double.NaN));
        assertThat(in.matches(type.row(new Object[] {-0.0}))).isTrue();
        assertThat(in.matches(type.row(new Object[] {Double.NaN}))).isFalse();
        assertThatCode(() -> new Filter.In("a", List.of())).doesNotThrowAnyException();
    }
}
