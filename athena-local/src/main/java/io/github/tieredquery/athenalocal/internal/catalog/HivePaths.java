package io.github.tieredquery.athenalocal.internal.catalog;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The escaping of partition values in Hive's paths. */
public final class HivePaths {
    private static final String ESCAPED = "\"#%'*/:=?\\{[]^\u007f";

    private HivePaths() {}

    static String escape(String value) {
        StringBuilder escaped = null;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean special = c < ' ' || ESCAPED.indexOf(c) >= 0;
            if (special && escaped == null) {
                escaped = new StringBuilder(value.length() + 8).append(value, 0, i);
            }
            if (escaped != null) {
                escaped.append(special ? String.format(Locale.ROOT, "%%%02X", (int) c) : String.valueOf(c));
            }
        }
        return escaped == null ? value : escaped.toString();
    }

    public static String unescape(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int high = i + 2 < bytes.length && bytes[i] == '%' ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(bytes[i + 2], 16) : -1;
            if (low >= 0) {
                plain[length++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                plain[length++] = bytes[i];
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    /** A partition's name: {@code key=value/key=value}. */
    public static String partition(List<Column> keys, List<String> values) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < keys.size(); i++) {
            name.append(i == 0 ? "" : "/")
                    .append(escape(keys.get(i).name()))
                    .append('=')
                    .append(escape(values.get(i)));
        }
        return name.toString();
    }
}
