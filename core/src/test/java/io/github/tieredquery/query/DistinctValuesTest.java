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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        COLLIDING(ColumnType.STRING, i -> colliding(i, "Aa")),
        BINARY(ColumnType.BINARY, i -> ByteBuffer.allocate(16).putInt(12, i).array()),
        COLLIDING_BINARY(ColumnType.BINARY, i -> colliding(i, "Aa").getBytes(StandardCharsets.US_ASCII)),
        COLLIDING_BUFFERS(ColumnType.BINARY, i -> colliding(i, "aA").getBytes(StandardCharsets.US_ASCII)),
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

        /** Texts of one hash code, reckoned from the start with {@code Aa}, and from the end with {@code aA}. */
        private static String colliding(int i, String zero) {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                text.append((i >> bit & 1) == 0 ? zero : "BB");
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

    /** A hash map looks at this, and else compares each of those that collide with each. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DATE")
    void keys_that_collide_can_be_put_in_order(Kind kind) {
        Class<?> type = DistinctValues.key(kind.values(1).get(0)).getClass();
        Assertions.assertThat(type.getGenericInterfaces())
                .anySatisfy(each -> Assertions.assertThat(each.getTypeName())
                        .isEqualTo(Comparable.class.getName() + "<" + type.getName() + ">"));
    }

    /** No two of them between the years 1 and 9999 have one. */
    @Test
    void dates_have_hash_codes_of_their_own() {
        Set<Integer> hashes = new HashSet<>();
        LocalDate end = LocalDate.of(10_000, 1, 1);
        int dates = 0;
        for (LocalDate date = LocalDate.of(1, 1, 1); date.isBefore(end); date = date.plusDays(1)) {
            hashes.add(date.hashCode());
            dates++;
        }
        Assertions.assertThat(hashes).hasSize(dates);
    }

    @Test
    void the_values_that_are_to_collide_do() {
        Set<Integer> hashes = new HashSet<>();
        Kind.COLLIDING.values(40_000).forEach(value -> hashes.add(value.hashCode()));
        Assertions.assertThat(hashes).hasSize(1);
        hashes.clear();
        Kind.COLLIDING_BINARY.values(40_000).forEach(value -> hashes.add(Arrays.hashCode((byte[]) value)));
        Assertions.assertThat(hashes).hasSize(1);
        hashes.clear();
        Kind.COLLIDING_BUFFERS
                .values(40_000)
                .forEach(value -> hashes.add(ByteBuffer.wrap((byte[]) value).hashCode()));
        Assertions.assertThat(hashes).hasSize(1);
    }

    @Test
    void values_are_one_where_a_comparison_finds_them_equal() {
        assertThat(new Filter.In("a", List.of(new BigDecimal("1.0"), new BigDecimal("1.00"), new BigDecimal("10")))
                        .values())
                .isEqualTo(List.of(new BigDecimal("1.0"), new BigDecimal("10")));
        assertThat(new Filter.In("a", List.of(0.0, -0.0, 1.0)).values()).isEqualTo(List.of(0.0, 1.0));
        assertThat(new Filter.In("a", List.of(new byte[] {1}, new byte[] {1}, new byte[] {1, 0})).values())
                .usingElementComparator((a, b) -> Arrays.compare((byte[]) a, (byte[]) b))
                .isEqualTo(List.of(new byte[] {1}, new byte[] {1, 0}));
        RowType type = RowType.of(List.of(new Column("a", ColumnType.DOUBLE, true)));
        Filter in = new Filter.In("a", List.of(0.0, Double.NaN));
        assertThat(in.matches(type.row(new Object[] {-0.0}))).isTrue();
        assertThat(in.matches(type.row(new Object[] {Double.NaN}))).isFalse();
        assertThatCode(() -> new Filter.In("a", List.of())).doesNotThrowAnyException();
    }
}
