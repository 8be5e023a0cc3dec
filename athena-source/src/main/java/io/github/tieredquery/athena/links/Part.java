package io.github.tieredquery.athena.links;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a Range header asks of an object, by RFC 9110, section 14.
 *
 * @param status 200 for the whole object, 206 for a part, 416 if the range lies outside
 * @param from the first byte, inclusive
 * @param to exclusive
 */
record Part(int status, long from, long to) {

    private static final Pattern SPEC = Pattern.compile("(\\d*)-(\\d*)");

    /**
     * Reads a Range header. One that isn't well formed, or of another unit, asks for nothing. Of several ranges those
     * that lie outside are left out; if more than one is left the whole object is given, as RFC 9110 allows: parts in
     * one answer would make it longer than the object, and hardly a client asks for them.
     *
     * @param range the header's value, null if there is none
     * @param size of the object in bytes
     */
    static Part of(@Nullable String range, long size) {
        Part whole = new Part(200, 0, size);
        if (range == null || !range.regionMatches(true, 0, "bytes=", 0, 6)) {
            return whole;
        }
        boolean any = false;
        List<Part> parts = new ArrayList<>();
        for (String each : range.substring(6).split(",", -1)) {
            String spec = each.strip();
            if (spec.isEmpty()) {
                continue;
            }
            Matcher matcher = SPEC.matcher(spec);
            if (!matcher.matches() || spec.equals("-")) {
                return whole;
            }
            boolean suffix = matcher.group(1).isEmpty();
            long first = suffix ? 0 : number(matcher.group(1));
            long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : number(matcher.group(2));
            if (last < first) {
                return whole;
            }
            any = true;
            if (suffix && last > 0) {
                // The end of an empty object is all of it, and no Content-Range can say so.
                parts.add(size == 0 ? whole : new Part(206, Math.max(0, size - last), size));
            } else if (!suffix && first < size) {
                parts.add(new Part(206, first, Math.min(last, size - 1) + 1));
            }
        }
        if (!any) {
            return whole;
        }
        if (parts.isEmpty()) {
            return new Part(416, 0, 0);
        }
        return parts.size() == 1 ? parts.get(0) : whole;
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    long length() {
        return to - from;
    }

    String contentRange(long size) {
        return "bytes " + (status == 416 ? "*" : from + "-" + (to - 1)) + "/" + size;
    }
}
