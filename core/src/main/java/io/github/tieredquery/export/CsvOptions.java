package io.github.tieredquery.export;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a CSV file is written: UTF-8, lines that end with {@code \n}, a header, every value quoted with quotes in it
 * doubled, NULL as nothing. It is the form in which Athena writes results, in which times keep their microseconds.
 *
 * <table>
 * <caption>Values</caption>
 * <tr><td>BOOLEAN</td><td>{@code true}, {@code false}</td></tr>
 * <tr><td>DOUBLE</td><td>the fewest digits that stand for it: {@code 1.5}, {@code 8.41E21}; {@code NaN},
 * {@code Infinity}</td></tr>
 * <tr><td>DECIMAL</td><td>all digits of its scale</td></tr>
 * <tr><td>DATE</td><td>{@code yyyy-MM-dd}</td></tr>
 * <tr><td>TIMESTAMP</td><td>{@code yyyy-MM-dd HH:mm:ss.SSSSSS} in UTC</td></tr>
 * <tr><td>BINARY</td><td>pairs of hexadecimal digits with spaces between them</td></tr>
 * </table>
 *
 * <p>Immutable and thread-safe.
 */
public final class CsvOptions {

    private static final CsvOptions PLAIN = new CsvOptions(Map.of(), false, false, false);

    private final Map<String, String> headers;
    private final boolean guarded;
    private final boolean byteOrderMark;
    private final boolean gzip;

    private CsvOptions(Map<String, String> headers, boolean guarded, boolean byteOrderMark, boolean gzip) {
        this.headers = headers;
        this.guarded = guarded;
        this.byteOrderMark = byteOrderMark;
        this.gzip = gzip;
    }

    /**
     * Exact values under the names of the columns: for machines.
     *
     * @return the options
     */
    public static CsvOptions plain() {
        return PLAIN;
    }

    /**
     * For people: with a {@linkplain #byteOrderMark byte order mark} and {@linkplain #guarded guarded} texts.
     *
     * @return the options
     */
    public static CsvOptions forSpreadsheets() {
        return PLAIN.byteOrderMark().guarded();
    }

    /**
     * Another name in the header. The column's own by default. On S3 the beginning of the file then passes through the
     * client, 5 MiB at most.
     *
     * @param column the column; one that isn't exported doesn't matter
     * @param title what stands in the header instead
     * @return the options
     */
    public CsvOptions header(String column, String title) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(Objects.requireNonNull(column, "column"), Objects.requireNonNull(title, "title"));
        return new CsvOptions(Map.copyOf(more), guarded, byteOrderMark, gzip);
    }

    /**
     * A byte order mark in front, by which spreadsheets know UTF-8. None by default. On S3 the beginning of the file
     * then passes through the client, 5 MiB at most.
     *
     * @return the options
     */
    public CsvOptions byteOrderMark() {
        return new CsvOptions(headers, guarded, true, gzip);
    }

    /**
     * An apostrophe in front of texts that a spreadsheet would take for formulas: those that start with {@code = +
     * - @}, a tab or a line break. None by default, since such texts aren't exact any more. Only columns of the type
     * STRING are looked at.
     *
     * @return the options
     */
    public CsvOptions guarded() {
        return new CsvOptions(headers, true, byteOrderMark, gzip);
    }

    /**
     * Packs the file with gzip. Not by default. For local targets only: S3 doesn't pack what it copies.
     *
     * @return the options
     */
    public CsvOptions gzip() {
        return new CsvOptions(headers, guarded, byteOrderMark, true);
    }

    /**
     * Titles that replace names of columns in the header.
     *
     * @return titles by the names of their columns, immutable
     */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * Whether values that a spreadsheet would take for formulas stand behind an apostrophe.
     *
     * @return whether {@link #guarded()} was called
     */
    public boolean isGuarded() {
        return guarded;
    }

    /**
     * Whether the file starts with a byte order mark.
     *
     * @return whether {@link #byteOrderMark()} was called
     */
    public boolean hasByteOrderMark() {
        return byteOrderMark;
    }

    /**
     * Whether the file is packed with gzip.
     *
     * @return whether {@link #gzip()} was called
     */
    public boolean isGzip() {
        return gzip;
    }
}
