package io.github.tieredquery.export;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    private static final CsvOptions PLAIN =
            new CsvOptions(Map.of(), ExportScan.Guard.NONE, Mark.NONE, Compression.NONE);

    /** Whether a file starts with a byte order mark. */
    enum Mark {
        NONE,
        UTF_8
    }

    /** How a local file is packed. */
    enum Compression {
        NONE,
        GZIP
    }

    private final Map<String, String> headers;
    private final ExportScan.Guard guard;
    private final Mark mark;
    private final Compression compression;

    private CsvOptions(Map<String, String> headers, ExportScan.Guard guard, Mark mark, Compression compression) {
        this.headers = headers;
        this.guard = guard;
        this.mark = mark;
        this.compression = compression;
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
        return new CsvOptions(Map.copyOf(more), guard, mark, compression);
    }

    /**
     * A byte order mark in front, by which spreadsheets know UTF-8. None by default. On S3 the beginning of the file
     * then passes through the client, 5 MiB at most.
     *
     * @return the options
     */
    public CsvOptions byteOrderMark() {
        return new CsvOptions(headers, guard, Mark.UTF_8, compression);
    }

    /**
     * An apostrophe in front of texts that a spreadsheet would take for formulas: those that start with {@code = +
     * - @}, a tab or a line break. None by default, since such texts aren't exact any more. Only columns of the type
     * STRING are looked at.
     *
     * @return the options
     */
    public CsvOptions guarded() {
        return new CsvOptions(headers, ExportScan.Guard.APOSTROPHE, mark, compression);
    }

    /**
     * Packs the file with gzip. Not by default. For local targets only: S3 doesn't pack what it copies.
     *
     * @return the options
     */
    public CsvOptions gzip() {
        return new CsvOptions(headers, guard, mark, Compression.GZIP);
    }

    ExportScan.Guard guard() {
        return guard;
    }

    Mark mark() {
        return mark;
    }

    Compression compression() {
        return compression;
    }

    boolean isPlain() {
        return headers.isEmpty()
                && guard == ExportScan.Guard.NONE
                && mark == Mark.NONE
                && compression == Compression.NONE;
    }

    /** Whether the file starts as the sources write theirs. */
    boolean startsPlainly(List<String> columns) {
        return mark == Mark.NONE && titles(columns).equals(columns);
    }

    List<String> titles(List<String> columns) {
        List<String> titles = new ArrayList<>();
        columns.forEach(column -> titles.add(headers.getOrDefault(column, column)));
        return titles;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** The same options from their parts. */
    static CsvOptions of(Map<String, String> headers, ExportScan.Guard guard, Mark mark) {
        return new CsvOptions(Map.copyOf(headers), guard, mark, Compression.NONE);
    }
}
