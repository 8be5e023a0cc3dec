package io.github.tieredquery.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DoubleTextProperties {

    /** As Java 25 prints them. */
    @Example
    void texts_are_those_that_trino_prints() {
        Map<Double, String> texts = Map.ofEntries(
                Map.entry(8.41E21, "8.41E21"),
                Map.entry(2.0E-3, "0.002"),
                Map.entry(1.0E23, "1.0E23"),
                Map.entry(5.0E-324, "4.9E-324"),
                Map.entry(9.88E-324, "9.9E-324"),
                Map.entry(1.976E-322, "2.0E-322"),
                Map.entry(Math.scalb(1.0, -44), "5.684341886080802E-14"),
                Map.entry(1.923943975405984E18, "1.923943975405984E18"),
                Map.entry(-5.986310706507379E51, "-5.986310706507379E51"),
                Map.entry(9_007_199_254_740_993.0, "9.007199254740992E15"),
                Map.entry(9_999_999.999999998, "9999999.999999998"),
                Map.entry(1.0E7, "1.0E7"),
                Map.entry(-0.0, "-0.0"),
                Map.entry(Double.NaN, "NaN"),
                Map.entry(Double.NEGATIVE_INFINITY, "-Infinity"),
                Map.entry(Double.MAX_VALUE, "1.7976931348623157E308"));
        texts.forEach((value, text) -> assertThat(DoubleText.of(value)).isEqualTo(text));
    }

    @Property(tries = 20_000)
    void a_text_is_read_as_its_double_and_none_of_fewer_digits_is(@ForAll("doubles") double value) {
        String text = DoubleText.of(value);
        assertThat(Double.parseDouble(text)).isEqualTo(value);
        if (Runtime.version().feature() >= 19) {
            assertThat(text).isEqualTo(Double.toString(value));
        }
        int digits = new BigDecimal(text).stripTrailingZeros().precision();
        if (value != 0 && digits > 2) {
            BigDecimal exact = new BigDecimal(value);
            for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
                assertThat(exact.round(new MathContext(digits - 1, mode)).doubleValue())
                        .as("%s with %s digits", text, digits - 1)
                        .isNotEqualTo(value);
            }
        }
    }

    @Provide
    Arbitrary<Double> doubles() {
        return Arbitraries.oneOf(
                Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite),
                Arbitraries.longs().between(-1_000_000, 1_000_000).map(n -> n / 100.0 * 1.0E21),
                Arbitraries.longs().between(1, 1L << 52).map(Double::longBitsToDouble),
                Arbitraries.integers().between(-1_070, 1_020).map(exponent -> Math.scalb(1.0, exponent)));
    }
}
