package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.table.DoubleText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Writes rows in the text form of {@link CsvOptions}, byte for byte as a source's own file has them. Not thread-safe.
 */
final class CsvText {

    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 4, SignStyle.NEVER)
            .appendPattern("-MM-dd HH:mm:ss.SSSSSS")
            .toFormatter(Locale.ROOT);
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final String FORMULA_STARTS = "=+-@\t\r\n";
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int columns;
    private final CsvOptions options;
    private final StringBuilder line = new StringBuilder();

    /**
     * For rows.
     *
     * @param type the columns to write, which come first in every row
     */
    CsvText(RowType type, CsvOptions options) {
        this.columns = type.columns().size();
        this.options = options;
    }

    /** What a file starts with. */
    static byte[] start(RowType type, CsvOptions options) {
        byte[] header = header(titles(type.names(), options));
        if (!options.hasByteOrderMark()) {
            return header;
        }
        byte[] start = new byte[MARK.length + header.length];
        System.arraycopy(MARK, 0, start, 0, MARK.length);
        System.arraycopy(header, 0, start, MARK.length, header.length);
        return start;
    }

    private static List<String> titles(List<String> columns, CsvOptions options) {
        return columns.stream()
                .map(column -> options.headers().getOrDefault(column, column))
                .toList();
    }

    /** Whether a file of these columns starts as the sources write theirs. */
    static boolean startsPlainly(List<String> columns, CsvOptions options) {
        return !options.hasByteOrderMark() && titles(columns, options).equals(columns);
    }

    /** A line of names. */
    static byte[] header(List<String> names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(text.length() == 0 ? "" : ",");
            quote(text, name);
        }
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a row. */
    void write(Row row, OutputStream out) throws IOException {
        line.setLength(0);
        for (int i = 0; i < columns; i++) {
            if (i > 0) {
                line.append(',');
            }
            Object value = row.value(i);
            if (value != null) {
                quote(line, text(value));
            }
        }
        out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private String text(Object value) {
        if (value instanceof String text) {
            boolean guarded = options.isGuarded() && !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
            return guarded ? "'" + text : text;
        }
        return valueText(value);
    }

    /** The text of a value in its Java form. */
    static String valueText(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        } else if (value instanceof Instant instant) {
            return TIMESTAMP.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        } else if (value instanceof byte[] bytes) {
            return HEX.formatHex(bytes);
        } else if (value instanceof Double number) {
            return DoubleText.of(number);
        }
        return value.toString();
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        int from = 0;
        for (int quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', from)) {
            out.append(text, from, quote + 1).append('"');
            from = quote + 1;
        }
        out.append(text, from, text.length()).append('"');
    }
}
