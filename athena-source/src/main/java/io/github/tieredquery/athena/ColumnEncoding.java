package io.github.tieredquery.athena;

import io.github.tieredquery.athena.internal.codec.CoarseTimeCodec;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.Decoder;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType.Kind;
import io.github.tieredquery.table.Micros;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a column stand in a cold table that somebody else fills, or has filled before it was taken over.
 * Tables that the library has made need none: their encodings follow from the format.
 *
 * <p>An encoding that can't hold every value of its column's type is <em>lossy</em>: a row read from cold then differs
 * from the row that was in hot. It is refused at build time unless {@link #lossAccepted} says that this is known.
 *
 * <p>Immutable and thread-safe.
 */
public final class ColumnEncoding {

    /** Makes a codec; null if the encoding isn't one for the column's type. */
    @FunctionalInterface
    private interface Codecs {
        @Nullable
        Codec of(Column column);
    }

    /** Fields of descending weight at a fixed width, so that texts sort as the instants do. */
    private static final Pattern SORTABLE =
            Pattern.compile("yyyy[^A-Za-z]*MM[^A-Za-z]*dd([^A-Za-z]*('[^']*')?[^A-Za-z]*HH([^A-Za-z]*mm([^A-Za-z]*ss"
                    + "([^A-Za-z]*S{1,6})?)?)?)?[^A-Za-z]*('[^']*')?");

    private final String description;
    private final Codecs codecs;
    private final boolean lossyForTime;
    private final boolean lossAccepted;

    private ColumnEncoding(String description, Codecs codecs, boolean lossyForTime, boolean lossAccepted) {
        this.description = description;
        this.codecs = codecs;
        this.lossyForTime = lossyForTime;
        this.lossAccepted = lossAccepted;
    }

    /**
     * A column of Athena's type for such values: {@code int} for INT32, {@code string} for STRING, and so on. The
     * default in a table that somebody else fills. Lossy for TIMESTAMP: Athena's Hive tables keep milliseconds. It
     * rounds what a file has of finer times, and the rounded time is the row's: one of 23:59:59.9997 is the next day's
     * first. Since its partition is still that of its own day, queries read the partition before their first one, too.
     * Where files hold whole milliseconds, {@link #wholeMillis} spares that.
     *
     * @return the encoding
     */
    public static ColumnEncoding natively() {
        return new ColumnEncoding("natively()", column -> new NativeCodec(column.type()), true, false);
    }

    /**
     * A {@code timestamp} column whose files hold whole milliseconds. For TIMESTAMP; keeps what they have. Of finer
     * times the last half millisecond of a partition would be missed.
     *
     * @return the encoding
     */
    public static ColumnEncoding wholeMillis() {
        return new ColumnEncoding(
                "wholeMillis()", column -> isTime(column) ? NativeCodec.wholeMillis() : null, false, false);
    }

    /**
     * A column of exact texts: decimal digits, {@code true} or {@code false}, {@code yyyy-MM-dd}, {@code yyyy-MM-dd
     * HH:mm:ss.SSSSSS} in UTC, {@code x} and hexadecimal digits. NULL is NULL.
     *
     * @return the encoding
     */
    public static ColumnEncoding text() {
        return new ColumnEncoding("text()", column -> TextCodec.plain(column.type()), false, false);
    }

    /**
     * A column of exact texts as in {@link #text()}, one of which stands for NULL.
     *
     * @param nullText the text that stands for NULL, often the empty one
     * @return the encoding
     */
    public static ColumnEncoding text(String nullText) {
        Objects.requireNonNull(nullText, "nullText");
        return new ColumnEncoding(
                "text('" + nullText + "')", column -> TextCodec.plain(column.type(), nullText), false, false);
    }

    /**
     * A {@code bigint} column of seconds since 1970. For TIMESTAMP; lossy.
     *
     * @return the encoding
     */
    public static ColumnEncoding epochSeconds() {
        return epoch("epochSeconds", 1_000_000);
    }

    /**
     * A {@code bigint} column of milliseconds since 1970. For TIMESTAMP; lossy.
     *
     * @return the encoding
     */
    public static ColumnEncoding epochMillis() {
        return epoch("epochMillis", 1_000);
    }

    /**
     * A {@code bigint} column of microseconds since 1970. For TIMESTAMP.
     *
     * @return the encoding
     */
    public static ColumnEncoding epochMicros() {
        return epoch("epochMicros", 1);
    }

    /**
     * A column of texts of a fixed width in UTC. For TIMESTAMP; lossy unless it ends with {@code SSSSSS}.
     *
     * @param pattern a pattern of {@link DateTimeFormatter} whose texts sort as time does: {@code yyyy}, {@code MM},
     *     {@code dd} and as many of {@code HH}, {@code mm}, {@code ss}, {@code S…} as there are, in this order, with
     *     anything that isn't a letter, or is quoted, around them
     * @return the encoding
     * @throws IllegalArgumentException if texts of the pattern don't sort as time does
     */
    public static ColumnEncoding pattern(String pattern) {
        if (!SORTABLE.matcher(pattern).matches()) {
            throw new IllegalArgumentException("texts of the pattern '" + pattern
                    + "' don't sort as time does; it needs yyyy, MM, dd, HH, mm, ss, S in this order. Make a view in"
                    + " Athena that has the time in such a form");
        }
        DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern.replace("yyyy", "uuuu"), Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
        long unit = patternMicros(pattern);
        return new ColumnEncoding(
                "pattern(\"" + pattern + "\")",
                column -> isTime(column)
                        ? new CoarseTimeCodec(
                                "string",
                                unit,
                                instant -> formatter.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC)),
                                (bytes, from, to) -> parse(formatter, Decoder.string(bytes, from, to)))
                        : null,
                unit > 1,
                false);
    }

    /**
     * The same encoding, with its loss accepted: values read from cold are truncated to its precision. An archiver
     * refuses to write what would be cut.
     *
     * @return the encoding
     */
    public ColumnEncoding lossAccepted() {
        return new ColumnEncoding(description + ".lossAccepted()", codecs, lossyForTime, true);
    }

    /** What a column's values are read and compared with, refused if the encoding isn't one for them. */
    Codec codec(String subject, Column column) {
        Codec codec = codecs.of(column);
        if (codec == null) {
            throw new ConfigurationException(subject + "column '" + column.name() + "' is " + column.type()
                    + ", which the encoding " + description + " isn't for");
        }
        if (lossyForTime && isTime(column) && !lossAccepted) {
            throw new ConfigurationException(subject + "column '" + column.name() + "' is " + column.type()
                    + ", and the encoding " + description + " doesn't keep microseconds. Choose one that does, or say"
                    + " with lossAccepted() that times read from cold may be cut");
        }
        return codec;
    }

    private static ColumnEncoding epoch(String name, long unitMicros) {
        return new ColumnEncoding(
                name + "()",
                column -> isTime(column)
                        ? new CoarseTimeCodec(
                                "bigint",
                                unitMicros,
                                instant -> Math.floorDiv(Micros.of(instant), unitMicros),
                                (bytes, from, to) -> Instant.EPOCH.plus(
                                        Math.multiplyExact(Decoder.integer(bytes, from, to), unitMicros),
                                        java.time.temporal.ChronoUnit.MICROS))
                        : null,
                unitMicros > 1,
                false);
    }

    private static boolean isTime(Column column) {
        return column.type().kind() == Kind.TIMESTAMP;
    }

    private static long patternMicros(String pattern) {
        String bare = pattern.replaceAll("'[^']*'", "");
        int fraction = (int) bare.chars().filter(unit -> unit == 'S').count();
        if (fraction > 0) {
            long unit = 1_000_000;
            for (int i = 0; i < fraction; i++) {
                unit /= 10;
            }
            return unit;
        }
        return bare.contains("ss")
                ? 1_000_000L
                : bare.contains("mm") ? 60_000_000L : bare.contains("HH") ? 3_600_000_000L : 86_400_000_000L;
    }

    private static Instant parse(DateTimeFormatter formatter, String text) {
        try {
            java.time.temporal.TemporalAccessor parsed = formatter.parse(text);
            java.time.LocalTime time = parsed.query(java.time.temporal.TemporalQueries.localTime());
            java.time.LocalDate date = java.time.LocalDate.from(parsed);
            int hour = time == null && parsed.isSupported(java.time.temporal.ChronoField.HOUR_OF_DAY)
                    ? parsed.get(java.time.temporal.ChronoField.HOUR_OF_DAY)
                    : 0;
            return (time == null ? date.atTime(hour, 0) : date.atTime(time)).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "the text, of " + text.length() + " characters, isn't of the pattern " + formatter, e);
        }
    }

    /** How it was made. */
    @Override
    public String toString() {
        return description;
    }
}
