package io.github.tieredquery.dynamodb.internal.model;

import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Values as parts of a key. DynamoDB orders sort keys by their UTF-8 bytes, so the texts of a type are written such
 * that this is the order of the values, and so that it stays their order when {@link #SEPARATOR} and another part
 * follow:
 *
 * <ul>
 *   <li>integers and decimals: a digit for the sign, then as many digits as the type can have, negative numbers counted
 *       up from the least;
 *   <li>dates and timestamps: ISO 8601 with four digits for the year and six for the fraction, in UTC;
 *   <li>strings: characters up to {@link #ESCAPE}, the separator among them, become the escape and a letter, which
 *       sorts after the separator and before everything else;
 *   <li>booleans: 0 and 1.
 * </ul>
 */
public final class KeyText {

    /** Stands between the parts of a key. No part holds it, and no part holds a character below it. */
    public static final char SEPARATOR = '#';

    /** The next character after the separator. */
    static final char ESCAPE = '$';

    /** What an escaped character is shifted by: U+0001 to U+0024 become A to d. */
    private static final int SHIFT = 0x40;

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss.")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, false)
            .appendLiteral('Z')
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final Set<ColumnType.Kind> KINDS =
            EnumSet.complementOf(EnumSet.of(ColumnType.Kind.DOUBLE, ColumnType.Kind.BINARY));

    private KeyText() {}

    public static boolean canHold(Column column) {
        return KINDS.contains(column.type().kind());
    }

    /**
     * Checks a pattern against its table.
     *
     * @throws IllegalArgumentException if it doesn't fit
     */
    public static void check(AccessPattern pattern, Table table) {
        Column indexed = table.column(pattern.column());
        if (!canHold(indexed)) {
            throw new IllegalArgumentException("pattern " + pattern + ": column '" + pattern.column() + "' is "
                    + indexed.type() + "; a pattern's column is one of " + KINDS);
        }
        pattern.projected().forEach(table::column);
    }

    static String of(ColumnType type, Object value) {
        return switch (type.kind()) {
            case BOOLEAN -> (Boolean) value ? "1" : "0";
            case INT32 -> number(BigInteger.valueOf((Integer) value), 10);
            case INT64 -> number(BigInteger.valueOf((Long) value), 19);
            case DECIMAL -> number(((BigDecimal) value).unscaledValue(), type.precision());
            case STRING -> escape((String) value);
            case DATE -> value.toString();
            case TIMESTAMP -> time((Instant) value);
            case DOUBLE, BINARY -> throw new IllegalArgumentException(type + " can't stand in a key");
        };
    }

    /**
     * The value that a text was written from.
     *
     * @throws RuntimeException if it was written otherwise, so that it may stand elsewhere than its value would
     */
    static Object value(ColumnType type, String text) {
        Object value = read(type, text);
        // Times are read strictly, and writing them again is what takes longest.
        if (type.kind() != ColumnType.Kind.TIMESTAMP && !of(type, value).equals(text)) {
            throw new IllegalArgumentException("a " + type + " in a key isn't written so");
        }
        return value;
    }

    private static Object read(ColumnType type, String text) {
        return switch (type.kind()) {
            case BOOLEAN -> text.equals("1");
            case INT32 -> number(text).intValueExact();
            case INT64 -> number(text).longValueExact();
            case DECIMAL -> new BigDecimal(number(text), type.scale());
            case STRING -> unescape(text);
            case DATE -> LocalDate.parse(text);
            case TIMESTAMP -> LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
            case DOUBLE, BINARY -> throw new IllegalArgumentException(type + " can't stand in a key");
        };
    }

    static String time(Instant time) {
        return TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private static String number(BigInteger value, int digits) {
        boolean negative = value.signum() < 0;
        // Nines less the magnitude: the greater the magnitude, the smaller what is written.
        BigInteger written =
                negative ? BigInteger.TEN.pow(digits).subtract(BigInteger.ONE).add(value) : value;
        String text = written.toString();
        return (negative ? "0" : "1") + "0".repeat(digits - text.length()) + text;
    }

    private static BigInteger number(String text) {
        BigInteger written = new BigInteger(text.substring(1));
        return text.charAt(0) == '1'
                ? written
                : written.subtract(BigInteger.TEN.pow(text.length() - 1).subtract(BigInteger.ONE));
    }

    static String escape(String value) {
        int special = 0;
        for (int i = 0; i < value.length(); i++) {
            special += value.charAt(i) <= ESCAPE ? 1 : 0;
        }
        if (special == 0) {
            return value;
        }
        StringBuilder text = new StringBuilder(value.length() + special);
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (unit <= ESCAPE) {
                text.append(ESCAPE).append((char) (unit + SHIFT));
            } else {
                text.append(unit);
            }
        }
        return text.toString();
    }

    static String unescape(String text) {
        if (text.indexOf(ESCAPE) < 0) {
            return text;
        }
        StringBuilder value = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            value.append(unit == ESCAPE ? (char) (text.charAt(++i) - SHIFT) : unit);
        }
        return value.toString();
    }
}
