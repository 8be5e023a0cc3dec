package io.github.tieredquery.partition;

import java.util.HexFormat;

/**
 * The escaping of values in Hive partition paths, the same as Hive's and Trino's: control characters, DEL and the
 * characters <code>" # % ' * / : = ? \ { [ ] ^</code> become {@code %XX}; everything else, spaces and non-ASCII
 * characters included, stays as it is. It isn't URL encoding. Stateless and thread-safe.
 */
public final class HivePath {

    /** What stands in a path for NULL. */
    public static final String NULL_TEXT = "__HIVE_DEFAULT_PARTITION__";

    private static final String SPECIAL = "\"#%'*/:=?\\{[]^\u007f";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private HivePath() {}

    /**
     * Escapes a value.
     *
     * @param value the value
     * @return its form in a path
     */
    public static String escape(String value) {
        int next = firstEscaped(value);
        if (next == value.length()) {
            return value;
        }
        StringBuilder path = new StringBuilder(value.length() + 8).append(value, 0, next);
        for (int i = next; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (isEscaped(unit)) {
                path.append('%').append(HEX.toHexDigits((byte) unit));
            } else {
                path.append(unit);
            }
        }
        return path.toString();
    }

    /**
     * Takes the escapes out. A {@code %} that no two hexadecimal digits follow stands for itself, as in Hive.
     *
     * @param path the form in a path
     * @return the value
     */
    public static String unescape(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder value = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char unit = path.charAt(i);
            if (unit == '%'
                    && i + 2 < path.length()
                    && HexFormat.isHexDigit(path.charAt(i + 1))
                    && HexFormat.isHexDigit(path.charAt(i + 2))) {
                value.append((char) HexFormat.fromHexDigits(path, i + 1, i + 3));
                i += 2;
            } else {
                value.append(unit);
            }
        }
        return value.toString();
    }

    private static int firstEscaped(String value) {
        int i = 0;
        while (i < value.length() && !isEscaped(value.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isEscaped(char unit) {
        return unit < 0x20 ? unit != 0 : SPECIAL.indexOf(unit) >= 0;
    }
}
