package io.github.tieredquery.table;

import java.util.ArrayList;
import java.util.List;

/**
 * A list of strings as the value of a {@link ColumnType#STRING} column, for backends that have lists and for those that
 * haven't: each element stands between two commas, {@code ,a,b,}, so that looking for an element is looking for a text.
 * The empty list is {@code ,}. In elements the comma, the percent sign and control characters (those up to U+001F, and
 * U+007F) are written as {@code %} and two hexadecimal digits. Stateless.
 */
public final class ListText {

    private static final char SEPARATOR = ',';
    private static final char ESCAPE = '%';

    private ListText() {}

    /**
     * Writes a list.
     *
     * @param elements the elements, none of them null; their order and repeated ones are kept
     * @return the value of the column
     */
    public static String of(Iterable<String> elements) {
        StringBuilder text = new StringBuilder().append(SEPARATOR);
        elements.forEach(element -> append(text, element).append(SEPARATOR));
        return text.toString();
    }

    /**
     * Reads a list.
     *
     * @param text what {@link #of} wrote
     * @return the elements in order
     * @throws IllegalArgumentException if nothing is written so; the message doesn't quote it
     */
    public static List<String> elements(String text) {
        List<String> elements = new ArrayList<>();
        if (text.isEmpty() || text.charAt(0) != SEPARATOR) {
            throw new IllegalArgumentException("a list text starts with a comma");
        }
        int from = 1;
        while (from < text.length()) {
            int end = text.indexOf(SEPARATOR, from);
            if (end < 0) {
                throw new IllegalArgumentException("a list text ends with a comma");
            }
            elements.add(read(text.substring(from, end)));
            from = end + 1;
        }
        if (!of(elements).equals(text)) {
            throw new IllegalArgumentException("a list text escapes commas, percent signs and control characters only");
        }
        return List.copyOf(elements);
    }

    /**
     * What a list text holds if and only if the list has an element.
     *
     * @param element the element
     * @return the text to look for
     */
    public static String needle(String element) {
        return append(new StringBuilder().append(SEPARATOR), element)
                .append(SEPARATOR)
                .toString();
    }

    private static StringBuilder append(StringBuilder text, String element) {
        for (int i = 0; i < element.length(); i++) {
            char unit = element.charAt(i);
            if (unit == SEPARATOR || unit == ESCAPE || unit < ' ' || unit == 0x7f) {
                text.append(ESCAPE)
                        .append(Character.toUpperCase(Character.forDigit(unit >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(unit & 15, 16)));
            } else {
                text.append(unit);
            }
        }
        return text;
    }

    private static String read(String written) {
        if (written.indexOf(ESCAPE) < 0) {
            return written;
        }
        StringBuilder element = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char unit = written.charAt(i);
            if (unit == ESCAPE) {
                if (i + 2 >= written.length()) {
                    throw new IllegalArgumentException("a list text has two digits after each percent sign");
                }
                element.append((char) Integer.parseInt(written, i + 1, i + 3, 16));
                i += 2;
            } else {
                element.append(unit);
            }
        }
        return element.toString();
    }
}
