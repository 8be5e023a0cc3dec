package io.github.tieredquery.partition;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A partition column that stands for a part of a key, as a number that grows with time among the keys that are alike in
 * the columns before it, and as the text of that number in a path. Immutable.
 */
abstract class TimeColumn {

    private final String name;

    TimeColumn(String name) {
        this.name = name;
    }

    final String name() {
        return name;
    }

    abstract int value(LocalDateTime key);

    abstract int lowest();

    /** The highest value among the keys that are like this one in the columns before. */
    abstract int highest(LocalDateTime key);

    abstract String text(int value);

    /** Whether the order of the texts is that of the values. */
    abstract boolean isTextOrdered();

    /**
     * Sets the fields of a key (year, month, day, hour) that a text stands for.
     *
     * @throws IllegalArgumentException if it isn't one that is written
     */
    abstract void read(String text, int[] fields);

    /** All texts, if they are few; empty otherwise. */
    abstract List<String> texts();

    /** What each text is like, with {@code _} for a digit. */
    abstract String like();

    /** A text of digits with the zeros that are written, whatever zeros it has. */
    abstract String withZeros(String digits);

    /** How it stands in a description of the layout. */
    abstract String describe();

    /** The same without zeros before its digits, if it is a number. */
    abstract TimeColumn unpadded();

    /** What every text is, for messages: {@code it has 2 digits}. */
    abstract String form();

    final IllegalArgumentException refused(@Nullable String text) {
        return new IllegalArgumentException(
                "the " + name + " is " + (text == null ? "NULL" : "'" + text + "'") + "; " + form());
    }

    /** A year, a month, a day or an hour. Years have four digits. */
    static final class Field extends TimeColumn {

        private static final List<String> NAMES = List.of("year", "month", "day", "hour");
        private static final List<ChronoField> FIELDS =
                List.of(ChronoField.YEAR, ChronoField.MONTH_OF_YEAR, ChronoField.DAY_OF_MONTH, ChronoField.HOUR_OF_DAY);
        private static final String[] TWO_DIGITS = new String[100];

        static {
            for (int i = 0; i < TWO_DIGITS.length; i++) {
                TWO_DIGITS[i] = String.format(Locale.ROOT, "%02d", i);
            }
        }

        private final int level;
        private final ChronoField field;
        private final boolean padded;

        Field(int level, boolean padded) {
            super(NAMES.get(level));
            this.level = level;
            this.field = FIELDS.get(level);
            this.padded = padded || level == 0;
        }

        @Override
        TimeColumn unpadded() {
            return new Field(level, false);
        }

        @Override
        int value(LocalDateTime key) {
            return key.get(field);
        }

        @Override
        int lowest() {
            return level == 0 ? 0 : (int) field.range().getMinimum();
        }

        @Override
        int highest(LocalDateTime key) {
            return level == 0 ? TimeGrain.LAST_YEAR : (int) key.range(field).getMaximum();
        }

        @Override
        String text(int value) {
            return level == 0
                    ? TWO_DIGITS[value / 100] + TWO_DIGITS[value % 100]
                    : padded ? TWO_DIGITS[value] : Integer.toString(value);
        }

        @Override
        boolean isTextOrdered() {
            return padded;
        }

        @Override
        void read(String text, int[] fields) {
            int width = level == 0 ? 4 : 2;
            boolean written = padded ? text.length() == width : text.length() == 1 || text.charAt(0) != '0';
            if (!isDigits(text) || text.length() > width || !written) {
                throw refused(text);
            }
            fields[level] = Integer.parseInt(text);
        }

        @Override
        String form() {
            return level == 0 ? "it has 4 digits" : padded ? "it has 2 digits" : "it has no zero before its digits";
        }

        @Override
        List<String> texts() {
            return level == 0
                    ? List.of()
                    : IntStream.rangeClosed(lowest(), (int) field.range().getMaximum())
                            .mapToObj(this::text)
                            .toList();
        }

        @Override
        String like() {
            return level == 0 ? "____" : padded ? "__" : "_%";
        }

        @Override
        String withZeros(String digits) {
            int width = level == 0 ? 4 : padded ? 2 : 1;
            return isDigits(digits) ? "0".repeat(Math.max(0, width - digits.length())) + digits : digits;
        }

        @Override
        String describe() {
            return name();
        }
    }

    /** A date, or a month, or a date with its hour, by a pattern whose texts sort as time does. */
    static final class Dated extends TimeColumn {

        private final ChronoUnit unit;
        private final String pattern;
        private final DateTimeFormatter formatter;

        /**
         * A column.
         *
         * @param unit MONTHS, DAYS or HOURS
         * @param pattern with exactly the fields of the unit
         */
        Dated(String name, ChronoUnit unit, String pattern) {
            super(name);
            this.unit = unit;
            this.pattern = pattern;
            this.formatter = DateTimeFormatter.ofPattern(pattern.replace("yyyy", "uuuu"), Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT);
        }

        @Override
        TimeColumn unpadded() {
            return this;
        }

        @Override
        int value(LocalDateTime key) {
            return (int) unit.between(TimeGrain.FIRST, key);
        }

        @Override
        int lowest() {
            return 0;
        }

        @Override
        int highest(LocalDateTime key) {
            return value(LocalDateTime.of(TimeGrain.LAST_YEAR, 12, 31, 23, 0));
        }

        @Override
        String text(int value) {
            return formatter.format(TimeGrain.FIRST.plus(value, unit));
        }

        @Override
        boolean isTextOrdered() {
            return true;
        }

        @Override
        void read(String text, int[] fields) {
            try {
                TemporalAccessor parsed = formatter.parse(text);
                fields[0] = parsed.get(ChronoField.YEAR);
                fields[1] = parsed.get(ChronoField.MONTH_OF_YEAR);
                if (unit != ChronoUnit.MONTHS) {
                    LocalDate date = LocalDate.from(parsed);
                    fields[2] = date.getDayOfMonth();
                }
                if (unit == ChronoUnit.HOURS) {
                    fields[3] = parsed.get(ChronoField.HOUR_OF_DAY);
                }
            } catch (DateTimeException e) {
                throw (IllegalArgumentException) refused(text).initCause(e);
            }
        }

        @Override
        String form() {
            return "it is of the pattern " + pattern;
        }

        @Override
        List<String> texts() {
            return List.of();
        }

        @Override
        String like() {
            return formatter.format(TimeGrain.FIRST).replaceAll("[0-9]", "_");
        }

        @Override
        String withZeros(String digits) {
            return isDigits(digits) ? "0".repeat(Math.max(0, pattern.length() - digits.length())) + digits : digits;
        }

        @Override
        String describe() {
            return name() + " (" + pattern + ")";
        }
    }

    static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }
}
