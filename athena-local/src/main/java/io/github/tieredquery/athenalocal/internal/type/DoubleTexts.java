package io.github.tieredquery.athenalocal.internal.type;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Prints the doubles of a result as Trino does, which is as Java 19 and later do: the fewest digits. DuckDB writes
 * {@code 5e-324} for {@code 4.9E-324} and, for one number in some thousands, a digit {@code A}; so it writes their
 * bits, and the texts come in here.
 */
public final class DoubleTexts {

    private static final int BITS = 64;

    private DoubleTexts() {}

    /** What DuckDB is to write for a double. */
    public static String bits(String sql) {
        return "CAST(CAST(" + sql + " AS BIT) AS VARCHAR)";
    }

    /**
     * Copies a CSV file whose values are all quoted but NULL.
     *
     * @param doubles for each column whether it holds doubles, as bits
     */
    public static void copy(Path from, Path to, List<Boolean> doubles) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(from));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(to))) {
            int column = 0;
            boolean quoted = false;
            for (int c = in.read(); c >= 0; c = in.read()) {
                out.write(c);
                if (c == '"') {
                    quoted = !quoted;
                    if (quoted && doubles.get(column)) {
                        out.write(text(in.readNBytes(BITS)).getBytes(StandardCharsets.US_ASCII));
                    }
                } else if (!quoted) {
                    column = c == ',' ? column + 1 : c == '\n' ? 0 : column;
                }
            }
        }
    }

    private static String text(byte[] bits) {
        return text(Double.longBitsToDouble(Long.parseUnsignedLong(new String(bits, StandardCharsets.US_ASCII), 2)));
    }

    /** The decimal of the fewest digits, but at least two, that is read as the double; of several the nearest. */
    static String text(double value) {
        if (!Double.isFinite(value) || value == 0) {
            return Double.toString(value);
        }
        BigDecimal exact = new BigDecimal(Math.abs(value));
        for (int digits = 2; ; digits++) {
            for (RoundingMode mode : List.of(RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.UP)) {
                BigDecimal rounded = exact.round(new MathContext(digits, mode));
                if (rounded.doubleValue() == Math.abs(value)) {
                    return (value < 0 ? "-" : "") + text(rounded.stripTrailingZeros());
                }
            }
        }
    }

    private static String text(BigDecimal shortest) {
        if (shortest.compareTo(new BigDecimal("0.001")) >= 0 && shortest.compareTo(new BigDecimal("10000000")) < 0) {
            return shortest.setScale(Math.max(1, shortest.scale()), RoundingMode.UNNECESSARY)
                    .toPlainString();
        }
        String digits = shortest.unscaledValue().toString();
        return digits.charAt(0) + "." + (digits.length() == 1 ? "0" : digits.substring(1)) + "E"
                + (digits.length() - 1 - shortest.scale());
    }
}
