package io.github.tieredquery.jdbc.internal.dialect;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * Dates and local times as databases write them: {@code 2024-03-31 02:30:00.000001}. No zone and no calendar is near.
 */
final class TimeText {

    private static final int DATE_LENGTH = 10;
    private static final int SECONDS_END = 19;
    private static final int NANO_DIGITS = 9;

    private TimeText() {}

    /** The date that a text is; refuses others. */
    static LocalDate date(SqlColumn column, String text) {
        try {
            if (text.length() == DATE_LENGTH) {
                return date(text);
            }
            throw new DateTimeException("it isn't as long as a date");
        } catch (DateTimeException | NumberFormatException e) {
            throw refused(column, text, "no date", e);
        }
    }

    /** The local time that a text is, with up to nine digits of a second; refuses others. */
    static LocalDateTime time(SqlColumn column, String text) {
        try {
            if (text.length() < SECONDS_END || text.charAt(13) != ':' || text.charAt(16) != ':') {
                throw new DateTimeException("it isn't as long as a time");
            }
            LocalTime time =
                    LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19), nanos(text));
            return LocalDateTime.of(date(text), time);
        } catch (DateTimeException | NumberFormatException e) {
            throw refused(column, text, "no time", e);
        }
    }

    private static LocalDate date(String text) {
        if (text.charAt(4) != '-' || text.charAt(7) != '-') {
            throw new DateTimeException("it isn't of the form yyyy-MM-dd");
        }
        return LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    }

    private static int nanos(String text) {
        if (text.length() == SECONDS_END) {
            return 0;
        }
        int digits = text.length() - SECONDS_END - 1;
        if (text.charAt(SECONDS_END) != '.' || digits < 1 || digits > NANO_DIGITS) {
            throw new DateTimeException("its seconds have no fraction");
        }
        int nanos = number(text, SECONDS_END + 1, text.length());
        for (int i = digits; i < NANO_DIGITS; i++) {
            nanos *= 10;
        }
        return nanos;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new NumberFormatException("no digit");
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static UnreadableValue refused(SqlColumn column, String text, String what, RuntimeException e) {
        return new UnreadableValue(column, "holds '" + text + "', which is " + what + "; correct the row", e);
    }
}
