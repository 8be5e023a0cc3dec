package io.github.tieredquery.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnTypeTest {

    static Stream<Arguments> accepted() {
        Instant last = Instant.parse("9999-12-31T23:59:59.999999Z");
        return Stream.of(
                arguments(ColumnType.BOOLEAN, true, true),
                arguments(ColumnType.INT32, Integer.MIN_VALUE, Integer.MIN_VALUE),
                arguments(ColumnType.INT32, Short.MIN_VALUE, (int) Short.MIN_VALUE),
                arguments(ColumnType.INT32, Byte.MAX_VALUE, 127),
                arguments(ColumnType.INT64, Long.MIN_VALUE, Long.MIN_VALUE),
                arguments(ColumnType.INT64, Integer.MAX_VALUE, (long) Integer.MAX_VALUE),
                arguments(ColumnType.INT64, (byte) -1, -1L),
                arguments(ColumnType.DOUBLE, Double.NaN, Double.NaN),
                arguments(ColumnType.DOUBLE, -0.0, -0.0),
                arguments(ColumnType.DOUBLE, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY),
                arguments(ColumnType.DOUBLE, 0.5f, 0.5),
                arguments(ColumnType.DOUBLE, Integer.MAX_VALUE, (double) Integer.MAX_VALUE),
                arguments(ColumnType.decimal(9, 2), new BigDecimal("1.5"), new BigDecimal("1.50")),
                arguments(ColumnType.decimal(9, 2), new BigDecimal("1.5000"), new BigDecimal("1.50")),
                arguments(ColumnType.decimal(9, 2), new BigDecimal("9999999.99"), new BigDecimal("9999999.99")),
                arguments(ColumnType.decimal(9, 2), new BigDecimal("-1E+6"), new BigDecimal("-1000000.00")),
                arguments(ColumnType.decimal(9, 2), new BigDecimal("0E+999999999"), new BigDecimal("0.00")),
                arguments(ColumnType.decimal(9, 2), new BigDecimal("0E-999999999"), new BigDecimal("0.00")),
                arguments(ColumnType.decimal(1, 1), new BigDecimal("0.9"), new BigDecimal("0.9")),
                arguments(ColumnType.decimal(38, 0), new BigDecimal("9".repeat(38)), new BigDecimal("9".repeat(38))),
                arguments(ColumnType.decimal(19, 0), Long.MIN_VALUE, new BigDecimal(Long.MIN_VALUE)),
                arguments(ColumnType.decimal(9, 2), 7, new BigDecimal("7.00")),
                arguments(ColumnType.STRING, "", ""),
                arguments(ColumnType.STRING, "\u0001\n🛫\uffff", "\u0001\n🛫\uffff"),
                arguments(ColumnType.DATE, LocalDate.of(1, 1, 1), LocalDate.of(1, 1, 1)),
                arguments(ColumnType.DATE, LocalDate.of(9999, 12, 31), LocalDate.of(9999, 12, 31)),
                arguments(ColumnType.TIMESTAMP, last, last),
                arguments(
                        ColumnType.TIMESTAMP,
                        Instant.parse("0001-01-01T00:00:00Z"),
                        Instant.parse("0001-01-01T00:00:00Z")));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void a_value_comes_out_in_the_one_java_form(ColumnType type, Object value, Object canonical) {
        assertThat(type.canonical(value)).isEqualTo(canonical);
        assertThat(type.canonical(canonical)).isEqualTo(canonical);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(ColumnType.BOOLEAN, "true", "BOOLEAN takes a Boolean, not a String"),
                arguments(ColumnType.INT32, 1L, "INT32 takes a Integer, not a Long"),
                arguments(ColumnType.INT64, "1", "INT64 takes a Long, not a String"),
                arguments(ColumnType.INT64, 1.0, "INT64 takes a Long, not a Double"),
                arguments(ColumnType.DOUBLE, 1L, "DOUBLE takes a Double, not a Long"),
                arguments(ColumnType.decimal(9, 2), 0.5, "DECIMAL(9,2) takes a BigDecimal, not a Double"),
                arguments(
                        ColumnType.decimal(9, 2),
                        new BigDecimal("0.001"),
                        "DECIMAL(9,2) cannot hold a value of scale 3"),
                arguments(
                        ColumnType.decimal(9, 2),
                        new BigDecimal("12.345"),
                        "DECIMAL(9,2) cannot hold a value of scale 3"),
                arguments(
                        ColumnType.decimal(9, 2),
                        new BigDecimal("10000000"),
                        "DECIMAL(9,2) cannot hold a value of 10 digits"),
                arguments(
                        ColumnType.decimal(9, 2),
                        new BigDecimal("10000000.00"),
                        "DECIMAL(9,2) cannot hold a value of 10 digits"),
                arguments(ColumnType.decimal(1, 1), 1, "DECIMAL(1,1) cannot hold a value of 2 digits"),
                arguments(ColumnType.STRING, 'a', "STRING takes a String, not a Character"),
                arguments(ColumnType.STRING, "ab\0", "STRING cannot hold the character NUL (at index 2)"),
                arguments(ColumnType.STRING, "a\ud83d", "STRING cannot hold an unpaired surrogate (at index 1)"),
                arguments(ColumnType.STRING, "\ud83da", "STRING cannot hold an unpaired surrogate (at index 0)"),
                arguments(ColumnType.STRING, "🛫\udeeb", "STRING cannot hold an unpaired surrogate (at index 2)"),
                arguments(ColumnType.DATE, LocalDate.of(0, 12, 31), "DATE holds the years 1 to 9999, not 0"),
                arguments(ColumnType.DATE, LocalDate.of(10_000, 1, 1), "DATE holds the years 1 to 9999, not 10000"),
                arguments(ColumnType.DATE, "2024-01-01", "DATE takes a LocalDate, not a String"),
                arguments(
                        ColumnType.TIMESTAMP,
                        Instant.parse("0000-12-31T23:59:59.999999Z"),
                        "TIMESTAMP holds the years 1 to 9999, not 0000-12-31T23:59:59.999999Z"),
                arguments(
                        ColumnType.TIMESTAMP,
                        Instant.parse("+10000-01-01T00:00:00Z"),
                        "TIMESTAMP holds the years 1 to 9999, not +10000-01-01T00:00:00Z"),
                arguments(
                        ColumnType.TIMESTAMP,
                        Instant.parse("2024-01-01T00:00:00.000000001Z"),
                        "TIMESTAMP holds whole microseconds, not 2024-01-01T00:00:00.000000001Z"),
                arguments(ColumnType.BINARY, "00", "BINARY takes a byte[], not a String"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void a_value_that_the_type_cannot_hold_is_refused(ColumnType type, Object value, String message) {
        assertThatThrownBy(() -> type.canonical(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1E+2000000000  | DECIMAL(9,2) cannot hold a value of 2000000003 digits
            -1E+2147483647 | DECIMAL(9,2) cannot hold a value of 2147483650 digits
            1E-2000000000  | DECIMAL(9,2) cannot hold a value of scale 2000000000
            """)
    void a_decimal_of_an_enormous_exponent_is_refused_without_being_written_out(BigDecimal value, String message) {
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThatThrownBy(() -> ColumnType.decimal(9, 2).canonical(value))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(message));
    }

    @Test
    void a_byte_string_is_not_copied() {
        byte[] bytes = {1, 2};

        assertThat(ColumnType.BINARY.canonical(bytes)).isSameAs(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "39,0", "5,-1", "5,6"})
    void a_decimal_has_at_most_38_digits(int precision, int scale) {
        assertThatThrownBy(() -> ColumnType.decimal(precision, scale))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("decimal(" + precision + "," + scale
                        + ") is out of range: the precision is 1 to 38, the scale 0 to the precision");
    }

    @Test
    void types_are_equal_by_kind_precision_and_scale() {
        assertThat(ColumnType.decimal(9, 2))
                .isEqualTo(ColumnType.decimal(9, 2))
                .hasSameHashCodeAs(ColumnType.decimal(9, 2))
                .isNotEqualTo(ColumnType.decimal(9, 3))
                .isNotEqualTo(ColumnType.decimal(8, 2))
                .isNotEqualTo(ColumnType.INT32)
                .hasToString("DECIMAL(9,2)");
        assertThat(ColumnType.INT32).hasToString("INT32");
    }

    static Stream<Arguments> ordered() {
        return Stream.of(
                arguments(ColumnType.BOOLEAN, List.of(false, true)),
                arguments(ColumnType.INT32, List.of(Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE)),
                arguments(ColumnType.INT64, List.of(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE)),
                arguments(ColumnType.DOUBLE, List.of(Double.NEGATIVE_INFINITY, -0.0, 0.0, 1.0, Double.NaN)),
                arguments(ColumnType.decimal(9, 1), List.of(new BigDecimal("-10.0"), new BigDecimal("9.5"))),
                arguments(ColumnType.STRING, List.of("", "A", "B", "a", "\uff5a", "\ud835\udd18")),
                arguments(ColumnType.DATE, List.of(LocalDate.of(999, 1, 1), LocalDate.of(1000, 1, 1))),
                arguments(ColumnType.TIMESTAMP, List.of(Instant.EPOCH, Instant.EPOCH.plusNanos(1000))),
                arguments(ColumnType.BINARY, List.of(new byte[0], new byte[] {1}, new byte[] {1, 0}, new byte[] {-1})));
    }

    @ParameterizedTest
    @MethodSource("ordered")
    void values_are_ordered_alike_everywhere(ColumnType type, List<Object> ascending) {
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                assertThat(Integer.signum(type.order().compare(ascending.get(i), ascending.get(j))))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }
}
