package io.github.tieredquery.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;

/**
 * The type of a column and the one Java form of its values, the same from every source.
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>type</th><th>Java</th><th>values</th></tr>
 * <tr><td>{@link #BOOLEAN}</td><td>{@link Boolean}</td><td></td></tr>
 * <tr><td>{@link #INT32}</td><td>{@link Integer}</td><td></td></tr>
 * <tr><td>{@link #INT64}</td><td>{@link Long}</td><td></td></tr>
 * <tr><td>{@link #DOUBLE}</td><td>{@link Double}</td><td>NaN, infinities and -0.0 included</td></tr>
 * <tr><td>{@link #decimal}</td><td>{@link BigDecimal}</td><td>always at the declared scale</td></tr>
 * <tr><td>{@link #STRING}</td><td>{@link String}</td><td>any well-formed Unicode but NUL; NULL and {@code ""} differ</td></tr>
 * <tr><td>{@link #DATE}</td><td>{@link LocalDate}</td><td>years 1 to 9999</td></tr>
 * <tr><td>{@link #TIMESTAMP}</td><td>{@link Instant}</td><td>whole microseconds, years 1 to 9999 in UTC</td></tr>
 * <tr><td>{@link #BINARY}</td><td>{@code byte[]}</td><td></td></tr>
 * </table>
 *
 * <p>Immutable and thread-safe.
 */
public final class ColumnType {

    /** The families of types. */
    public enum Kind {
        /** Truth values. */
        BOOLEAN,
        /** Signed 32-bit integers. */
        INT32,
        /** Signed 64-bit integers. */
        INT64,
        /** IEEE 754 binary64. */
        DOUBLE,
        /** Exact decimals of a fixed precision and scale. */
        DECIMAL,
        /** Unicode text. */
        STRING,
        /** Calendar days. */
        DATE,
        /** Instants to the microsecond. */
        TIMESTAMP,
        /** Byte strings. */
        BINARY
    }

    /** Truth values. */
    public static final ColumnType BOOLEAN = new ColumnType(Kind.BOOLEAN, 0, 0);
    /** Signed 32-bit integers. */
    public static final ColumnType INT32 = new ColumnType(Kind.INT32, 0, 0);
    /** Signed 64-bit integers. */
    public static final ColumnType INT64 = new ColumnType(Kind.INT64, 0, 0);
    /** IEEE 754 binary64. */
    public static final ColumnType DOUBLE = new ColumnType(Kind.DOUBLE, 0, 0);
    /** Unicode text without NUL. */
    public static final ColumnType STRING = new ColumnType(Kind.STRING, 0, 0);
    /** Calendar days. */
    public static final ColumnType DATE = new ColumnType(Kind.DATE, 0, 0);
    /** Instants to the microsecond. */
    public static final ColumnType TIMESTAMP = new ColumnType(Kind.TIMESTAMP, 0, 0);
    /** Byte strings. */
    public static final ColumnType BINARY = new ColumnType(Kind.BINARY, 0, 0);

    private static final Instant MIN_TIMESTAMP = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant MAX_TIMESTAMP = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final Kind kind;
    private final int precision;
    private final int scale;

    private ColumnType(Kind kind, int precision, int scale) {
        this.kind = kind;
        this.precision = precision;
        this.scale = scale;
    }

    /**
     * Exact decimals.
     *
     * @param precision how many digits in all, 1 to 38
     * @param scale how many of them stand after the point, 0 to {@code precision}
     * @return the type
     * @throws IllegalArgumentException if precision or scale is out of range
     */
    public static ColumnType decimal(int precision, int scale) {
        if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
            throw new IllegalArgumentException("decimal(" + precision + "," + scale
                    + ") is out of range: the precision is 1 to 38, the scale 0 to the precision");
        }
        return new ColumnType(Kind.DECIMAL, precision, scale);
    }

    /**
     * The family of the type.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * How many digits a decimal has.
     *
     * @return 1 to 38 for a decimal, otherwise 0
     */
    public int precision() {
        return precision;
    }

    /**
     * How many digits of a decimal stand after the point.
     *
     * @return 0 to the precision for a decimal, otherwise 0
     */
    public int scale() {
        return scale;
    }

    /**
     * Checks a value and brings it into the type's one Java form: integers are widened, decimals brought to the scale.
     * Nothing is rounded.
     *
     * @param value the value, not null
     * @return the value in its Java form; a {@code byte[]} is not copied
     * @throws IllegalArgumentException if the type cannot hold the value; the message says why, and quotes of it no
     *     more than a time or a year
     */
    public Object canonical(Object value) {
        Objects.requireNonNull(value, "value");
        return switch (kind) {
            case BOOLEAN -> expect(Boolean.class, value);
            case INT32 ->
                value instanceof Short || value instanceof Byte
                        ? Integer.valueOf(((Number) value).intValue())
                        : expect(Integer.class, value);
            case INT64 ->
                value instanceof Integer || value instanceof Short || value instanceof Byte
                        ? Long.valueOf(((Number) value).longValue())
                        : expect(Long.class, value);
            case DOUBLE ->
                value instanceof Float || value instanceof Integer
                        ? Double.valueOf(((Number) value).doubleValue())
                        : expect(Double.class, value);
            case DECIMAL -> canonicalDecimal(value);
            case STRING -> canonicalString(expect(String.class, value));
            case DATE -> canonicalDate(expect(LocalDate.class, value));
            case TIMESTAMP -> canonicalTimestamp(expect(Instant.class, value));
            case BINARY -> expect(byte[].class, value);
        };
    }

    private <T> T expect(Class<T> javaType, Object value) {
        if (!javaType.isInstance(value)) {
            throw new IllegalArgumentException(this + " takes a " + javaType.getSimpleName() + ", not a "
                    + value.getClass().getSimpleName());
        }
        return javaType.cast(value);
    }

    private BigDecimal canonicalDecimal(Object value) {
        BigDecimal decimal = value instanceof Integer || value instanceof Long
                ? BigDecimal.valueOf(((Number) value).longValue())
                : expect(BigDecimal.class, value);
        if (decimal.signum() == 0) {
            return BigDecimal.valueOf(0, scale);
        }
        // Written out, a number such as 1E+999999999 takes gigabytes, and it may come from a request: so what can't fit
        // is
        // refused by its exponent before it is brought to the scale.
        long digits = (long) decimal.precision() - decimal.scale() + scale;
        if (decimal.scale() < scale && digits > precision) {
            throw new IllegalArgumentException(this + " cannot hold a value of " + digits + " digits");
        }
        String badScale = this + " cannot hold a value of scale " + decimal.scale();
        if (digits < 1) {
            throw new IllegalArgumentException(badScale);
        }
        BigDecimal scaled;
        try {
            scaled = decimal.setScale(scale, RoundingMode.UNNECESSARY);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(badScale, e);
        }
        if (scaled.precision() > precision) {
            throw new IllegalArgumentException(this + " cannot hold a value of " + scaled.precision() + " digits");
        }
        return scaled;
    }

    private String canonicalString(String value) {
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (unit == 0) {
                throw new IllegalArgumentException(this + " cannot hold the character NUL (at index " + i + ")");
            }
            if (Character.isSurrogate(unit)) {
                boolean paired = Character.isHighSurrogate(unit)
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1));
                if (!paired) {
                    throw new IllegalArgumentException(
                            this + " cannot hold an unpaired surrogate (at index " + i + ")");
                }
                i++;
            }
        }
        return value;
    }

    private LocalDate canonicalDate(LocalDate value) {
        if (value.getYear() < 1 || value.getYear() > 9999) {
            throw new IllegalArgumentException(this + " holds the years 1 to 9999, not " + value.getYear());
        }
        return value;
    }

    private Instant canonicalTimestamp(Instant value) {
        if (value.isBefore(MIN_TIMESTAMP) || value.isAfter(MAX_TIMESTAMP)) {
            throw new IllegalArgumentException(this + " holds the years 1 to 9999, not " + value);
        }
        if (value.get(ChronoField.NANO_OF_SECOND) % 1000 != 0) {
            throw new IllegalArgumentException(this + " holds whole microseconds, not " + value);
        }
        return value;
    }

    /**
     * The order of the type's values in every tier: numbers by value, strings by code point, bytes unsigned, false
     * before true.
     *
     * @return the order; it takes values in their Java form, not null
     */
    public Comparator<Object> order() {
        return switch (kind) {
            case BOOLEAN -> (a, b) -> Boolean.compare((Boolean) a, (Boolean) b);
            case INT32 -> (a, b) -> Integer.compare((Integer) a, (Integer) b);
            case INT64 -> (a, b) -> Long.compare((Long) a, (Long) b);
            case DOUBLE -> (a, b) -> Double.compare((Double) a, (Double) b);
            case DECIMAL -> (a, b) -> ((BigDecimal) a).compareTo((BigDecimal) b);
            case STRING -> (a, b) -> CodePointOrder.INSTANCE.compare((String) a, (String) b);
            case DATE -> (a, b) -> ((LocalDate) a).compareTo((LocalDate) b);
            case TIMESTAMP -> (a, b) -> ((Instant) a).compareTo((Instant) b);
            case BINARY -> (a, b) -> Arrays.compareUnsigned((byte[]) a, (byte[]) b);
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ColumnType that
                && kind == that.kind
                && precision == that.precision
                && scale == that.scale;
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, precision, scale);
    }

    /** The type as it stands in messages: {@code INT32}, {@code DECIMAL(18,4)}. */
    @Override
    public String toString() {
        return kind == Kind.DECIMAL ? "DECIMAL(" + precision + "," + scale + ")" : kind.name();
    }
}
