package io.github.tieredquery.table;

import java.util.Comparator;

/**
 * Compares strings by Unicode code point, which is the order of their UTF-8 bytes and the one order that every backend
 * can give. {@link String#compareTo} compares UTF-16 units and differs for characters beyond U+FFFF.
 */
public enum CodePointOrder implements Comparator<String> {
    /** The only one. Stateless, thread-safe. */
    INSTANCE;

    @Override
    public int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return Integer.compare(rank(a), rank(b));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Surrogates stand for code points above all of the basic plane, so they rank above U+E000 to U+FFFF. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
}
