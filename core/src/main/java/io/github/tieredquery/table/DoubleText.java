package io.github.tieredquery.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The one text of a double: the fewest digits (two at least) that are read as the same double and, of those, the
 * nearest. It is what Athena prints, and {@link Double#toString(double)} from Java 19 on; before that, Java writes
 * digits too many for some numbers, {@code 8.409999999999999E21} for {@code 8.41E21}.
 */
public final class DoubleText {

    /** A decimal of so few digits is the only one that is read as its double, unless that is subnormal. */
    private static final int UNIQUE_DIGITS = 15;

    private static final int MOST_DIGITS = 17;

    private DoubleText() {}

    /**
     * The text.
     *
     * @param value any double
     * @return for example {@code 1.5}, {@code 8.41E21}, {@code NaN} or {@code -Infinity}
     */
    public static String of(double value) {
        String text = Double.toString(value);
        double size = Math.abs(value);
        if (!Double.isFinite(value) || (digits(text) <= UNIQUE_DIGITS && (size >= Double.MIN_NORMAL || size == 0))) {
            return text;
        }
        BigDecimal exact = new BigDecimal(size);
        for (int digits = size < Double.MIN_NORMAL ? 2 : UNIQUE_DIGITS; digits <= MOST_DIGITS; digits++) {
            BigDecimal nearest = nearest(exact, size, digits);
            if (nearest != null) {
                return (value < 0 ? "-" : "") + text(nearest, size);
            }
        }
        throw new IllegalStateException("17 digits don't stand for " + value);
    }

    private static int digits(String text) {
        int digits = 0;
        for (int i = 0; i < text.length() && text.charAt(i) != 'E'; i++) {
            char c = text.charAt(i);
            digits += c >= '0' && c <= '9' ? 1 : 0;
        }
        return digits;
    }

    /** The decimal of so many digits that is read as the double; of two the nearer, or the even one. Null for none. */
    private static @Nullable BigDecimal nearest(BigDecimal exact, double value, int digits) {
        BigDecimal below = exact.round(new MathContext(digits, RoundingMode.DOWN));
        BigDecimal above = exact.round(new MathContext(digits, RoundingMode.UP));
        boolean isBelow = below.doubleValue() == value;
        boolean isAbove = above.doubleValue() == value;
        if (isBelow && isAbove) {
            return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        }
        return isBelow ? below : isAbove ? above : null;
    }

    /** Without an exponent from a thousandth up to ten millions. */
    private static String text(BigDecimal decimal, double size) {
        BigDecimal stripped = decimal.stripTrailingZeros();
        if (size >= 1e-3 && size < 1e7) {
            return (stripped.scale() < 1 ? stripped.setScale(1) : stripped).toPlainString();
        }
        String digits = stripped.unscaledValue().toString();
        return digits.charAt(0) + "." + (digits.length() == 1 ? "0" : digits.substring(1)) + "E"
                + (digits.length() - 1 - stripped.scale());
    }
}
