package io.github.tieredquery.athena.internal.codec;

/**
 * Writes any text as one without line breaks, for files that can't hold them. Each character that can't stand becomes
 * two that can, so that the written texts compare, start with one another and sort exactly as the texts do:
 *
 * <table>
 * <caption>Escapes</caption>
 * <tr><td>LF</td><td>U+000B U+0001</td></tr>
 * <tr><td>VT (U+000B)</td><td>U+000B U+0002</td></tr>
 * <tr><td>CR</td><td>U+000E U+0001</td></tr>
 * <tr><td>SO (U+000E)</td><td>U+000E U+0002</td></tr>
 * <tr><td>NULL, which isn't a text</td><td>U+000B U+0003</td></tr>
 * </table>
 */
public final class LineBreakEscape {

    /** Stands for NULL; no text is written so. */
    public static final String NULL = "\u000B\u0003";

    private static final char LOW = '\u000B';
    private static final char HIGH = '\u000E';
    private static final char BREAK = '\u0001';
    private static final char ITSELF = '\u0002';

    private LineBreakEscape() {}

    public static String write(String text) {
        int next = firstSpecial(text);
        if (next == text.length()) {
            return text;
        }
        StringBuilder written = new StringBuilder(text.length() + 8).append(text, 0, next);
        for (int i = next; i < text.length(); i++) {
            char unit = text.charAt(i);
            switch (unit) {
                case '\n' -> written.append(LOW).append(BREAK);
                case LOW -> written.append(LOW).append(ITSELF);
                case '\r' -> written.append(HIGH).append(BREAK);
                case HIGH -> written.append(HIGH).append(ITSELF);
                default -> written.append(unit);
            }
        }
        return written.toString();
    }

    /**
     * The text that was written.
     *
     * @throws IllegalArgumentException if nothing is written so
     */
    public static String read(String written) {
        if (written.indexOf(LOW) < 0 && written.indexOf(HIGH) < 0) {
            return written;
        }
        StringBuilder text = new StringBuilder(written.length());
        int i = 0;
        while (i < written.length()) {
            char unit = written.charAt(i++);
            if (unit != LOW && unit != HIGH) {
                text.append(unit);
                continue;
            }
            char mark = i < written.length() ? written.charAt(i++) : 0;
            if (mark == BREAK) {
                text.append(unit == LOW ? '\n' : '\r');
            } else if (mark == ITSELF) {
                text.append(unit);
            } else {
                throw new IllegalArgumentException("the text has the control character " + (int) unit
                        + " without the mark that the archive's writer puts after it");
            }
        }
        return text.toString();
    }

    /**
     * An expression for the text that was written. Line breaks come first: afterwards each VT and SO that is left is
     * followed by its mark, and what the marks are taken from is not looked at again.
     */
    static String readSql(String written) {
        String text = written;
        for (String[] each : new String[][] {
            {"" + LOW + BREAK, "\n"},
            {"" + HIGH + BREAK, "\r"},
            {"" + LOW + ITSELF, "" + LOW},
            {"" + HIGH + ITSELF, "" + HIGH}
        }) {
            text = "replace(" + text + ", " + TrinoSql.string(each[0]) + ", " + TrinoSql.string(each[1]) + ")";
        }
        return text;
    }

    private static int firstSpecial(String text) {
        int i = 0;
        while (i < text.length() && !isSpecial(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isSpecial(char unit) {
        return unit == '\n' || unit == '\r' || unit == LOW || unit == HIGH;
    }
}
