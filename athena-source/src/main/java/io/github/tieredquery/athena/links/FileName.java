package io.github.tieredquery.athena.links;

import java.nio.charset.StandardCharsets;

/** File names as browsers are told them: RFC 6266, with the encoding of RFC 8187 (once RFC 5987). */
final class FileName {

    private static final int MAX_BYTES = 200;
    private static final String UNSAFE = "\"*/:<>?\\|";
    private static final String ATTR_CHAR = "!#$&+-.^_`|~";
    private static final String UNRESERVED = "-._~";

    private FileName() {}

    /**
     * A name that every file system takes and that leads into no other folder: at most 200 bytes of UTF-8, its end
     * kept. Invisible characters that change the direction of writing go as well, for they hide a name's true end.
     *
     * @throws IllegalArgumentException if nothing is left of it
     */
    static String safe(String name) {
        StringBuilder safe = new StringBuilder();
        name.codePoints().map(FileName::safe).forEach(safe::appendCodePoint);
        String bare = safe.toString().replaceAll("^[ .]+|[ .]+$", "");
        if (bare.chars().allMatch(c -> c == '_')) {
            throw new IllegalArgumentException("'" + name + "' isn't a file name; give it letters or digits");
        }
        return shortened(bare);
    }

    private static int safe(int codePoint) {
        boolean unsafe = switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> UNSAFE.indexOf(codePoint) >= 0;
        };
        return unsafe ? '_' : codePoint;
    }

    private static String shortened(String name) {
        if (bytes(name) <= MAX_BYTES) {
            return name;
        }
        int dot = name.lastIndexOf('.');
        String extension = dot < 0 || bytes(name.substring(dot)) > 20 ? "" : name.substring(dot);
        StringBuilder stem = new StringBuilder(name.substring(0, name.length() - extension.length()));
        while (bytes(stem.toString()) + extension.length() * 4 > MAX_BYTES) {
            stem.setLength(stem.offsetByCodePoints(stem.length(), -1));
        }
        return stem + extension;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** For a safe name: a text in ASCII for old clients, and the true one if that differs. */
    static String contentDisposition(String safe) {
        StringBuilder ascii = new StringBuilder();
        // Some clients decode percent signs in the plain form.
        safe.codePoints().forEach(c -> ascii.appendCodePoint(c < ' ' || c >= 0x7F || c == '%' ? '_' : c));
        String plain = "attachment; filename=\"" + ascii + "\"";
        return safe.contentEquals(ascii) ? plain : plain + "; filename*=UTF-8''" + percentEncoded(safe, ATTR_CHAR);
    }

    /** RFC 3986, for a value in a query or for a path with its slashes. */
    static String urlEncoded(String text, String alsoPlain) {
        return percentEncoded(text, UNRESERVED + alsoPlain);
    }

    private static String percentEncoded(String text, String plain) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || plain.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 0xF, 16)));
            }
        }
        return encoded.toString();
    }
}
