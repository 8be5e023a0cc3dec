package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads values from the UTF-8 text in which Athena returns them, straight from the bytes of the result file. */
@FunctionalInterface
public interface Decoder {

    /**
     * Reads a value.
     *
     * @param to exclusive
     * @return the value in its Java form, null for NULL
     * @throws IllegalArgumentException if the text isn't one of the type's; the message doesn't quote it
     */
    @Nullable
    Object decode(byte[] bytes, int from, int to);

    /** Reads the text that Athena gives a value of the type. Thread-safe. */
    static Decoder of(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Decoder::bool;
            case INT32 -> Decoder::int32;
            case INT64 -> Decoder::int64;
            case DOUBLE -> Decoder::float64;
            case DECIMAL -> (bytes, from, to) -> decimal(type, bytes, from, to);
            case STRING -> Decoder::string;
            case DATE -> Decoder::date;
            case TIMESTAMP -> Decoder::timestamp;
            case BINARY -> Decoder::hex;
        };
    }

    static String string(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static Object bool(byte[] bytes, int from, int to) {
        if (to - from == 4 && bytes[from] == 't') {
            return true;
        }
        if (to - from == 5 && bytes[from] == 'f') {
            return false;
        }
        throw malformed("true or false", to - from);
    }

    private static Object int32(byte[] bytes, int from, int to) {
        long value = integer(bytes, from, to);
        if (value != (int) value) {
            throw malformed("a 32-bit integer", to - from);
        }
        return (int) value;
    }

    private static Object int64(byte[] bytes, int from, int to) {
        return integer(bytes, from, to);
    }

    static long integer(byte[] bytes, int from, int to) {
        int first = from < to && bytes[from] == '-' ? from + 1 : from;
        if (to - first > 18) {
            // So long that it may overflow; the JDK's own check is exact.
            return parsed("a 64-bit integer", string(bytes, from, to), Long::parseLong);
        }
        long value = digits(bytes, first, to, "an integer");
        return first == from ? value : -value;
    }

    private static Object float64(byte[] bytes, int from, int to) {
        return parsed("a number", string(bytes, from, to), Double::valueOf);
    }

    private static Object decimal(ColumnType type, byte[] bytes, int from, int to) {
        int scale = type.scale();
        int first = from < to && bytes[from] == '-' ? from + 1 : from;
        int point = scale == 0 ? to : to - scale - 1;
        if (to - first <= 18 && point > first && (scale == 0 || bytes[point] == '.')) {
            long unscaled = digits(bytes, first, point, type.toString());
            for (int i = point + 1; i < to; i++) {
                unscaled = unscaled * 10 + digit(bytes[i], type.toString(), to - from);
            }
            return BigDecimal.valueOf(first == from ? unscaled : -unscaled, scale);
        }
        return type.canonical(parsed(type.toString(), string(bytes, from, to), BigDecimal::new));
    }

    static LocalDate date(byte[] bytes, int from, int to) {
        if (to - from != 10 || bytes[from + 4] != '-' || bytes[from + 7] != '-') {
            throw malformed("a date yyyy-MM-dd", to - from);
        }
        return LocalDate.of(
                number(bytes, from, 4, "a year"),
                number(bytes, from + 5, 2, "a month"),
                number(bytes, from + 8, 2, "a day"));
    }

    /** Whether the length and the punctuation behind the day are those of a timestamp. */
    static boolean isTimestamp(byte[] bytes, int from, int to) {
        int length = to - from;
        return length >= 19
                && length != 20
                && length <= 29
                && bytes[from + 10] == ' '
                && bytes[from + 13] == ':'
                && bytes[from + 16] == ':'
                && (length == 19 || bytes[from + 19] == '.');
    }

    /** {@code yyyy-MM-dd HH:mm:ss}, with a fraction of up to nine digits or none, in UTC. */
    static Instant timestamp(byte[] bytes, int from, int to) {
        if (!isTimestamp(bytes, from, to)) {
            throw malformed("a timestamp yyyy-MM-dd HH:mm:ss.SSSSSS", to - from);
        }
        return timeOn(date(bytes, from, from + 10).toEpochDay(), bytes, from, to);
    }

    /** What {@link #timestamp} reads, if its day is known and its punctuation is in place. */
    static Instant timeOn(long epochDay, byte[] bytes, int from, int to) {
        int length = to - from;
        long seconds = epochDay * 86_400L
                + number(bytes, from + 11, 2, "an hour") * 3_600L
                + number(bytes, from + 14, 2, "a minute") * 60L
                + number(bytes, from + 17, 2, "a second");
        long nanos = 0;
        if (length > 19) {
            nanos = digits(bytes, from + 20, to, "a fraction");
            for (int i = length - 20; i < 9; i++) {
                nanos *= 10;
            }
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    /** Pairs of hexadecimal digits, with spaces between the pairs or none. */
    static byte[] hex(byte[] bytes, int from, int to) {
        return parsed("hexadecimal digits", string(bytes, from, to).replace(" ", ""), HexFormat.of()::parseHex);
    }

    /** The JDK's messages quote the text, which may be anybody's data. */
    private static <T> T parsed(String what, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw malformed(what, text.length());
        }
    }

    private static int number(byte[] bytes, int from, int length, String what) {
        return (int) digits(bytes, from, from + length, what);
    }

    /** At most 18 digits, at least one. */
    private static long digits(byte[] bytes, int from, int to, String what) {
        if (from >= to) {
            throw malformed(what, to - from);
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + digit(bytes[i], what, to - from);
        }
        return value;
    }

    private static int digit(byte unit, String what, int length) {
        int digit = unit - '0';
        if (digit < 0 || digit > 9) {
            throw malformed(what, length);
        }
        return digit;
    }

    private static IllegalArgumentException malformed(String what, int length) {
        return new IllegalArgumentException("the text, of " + length + " bytes, isn't " + what);
    }
}
