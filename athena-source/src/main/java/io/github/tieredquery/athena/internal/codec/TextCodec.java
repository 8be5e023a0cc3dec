package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.DoubleText;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Values as exact texts in a string column. Where the texts sort as the values do, SQL compares the texts themselves;
 * numbers are cast.
 */
public final class TextCodec extends Codec {

    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 4, SignStyle.NEVER)
            .appendPattern("-MM-dd HH:mm:ss.SSSSSS")
            .toFormatter(java.util.Locale.ROOT);

    /** The same for Trino's {@code date_format}. */
    static final String TIMESTAMP_FORMAT = "%Y-%m-%d %H:%i:%s.%f";

    /** Keeps the empty byte string apart from NULL, and hexadecimal digits in the order of the bytes. */
    private static final String BINARY_MARK = "x";

    private final @Nullable String nullText;
    private final byte @Nullable [] nullBytes;
    private final boolean lineSafe;
    private final Decoder decoder;

    private TextCodec(ColumnType type, @Nullable String nullText, boolean lineSafe) {
        super(type);
        this.nullText = nullText;
        this.nullBytes = nullText == null ? null : nullText.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        this.lineSafe = lineSafe;
        this.decoder = type.kind() == ColumnType.Kind.BINARY
                ? TextCodec::binary
                : lineSafe
                        ? (bytes, from, to) -> LineBreakEscape.read(Decoder.string(bytes, from, to))
                        : Decoder.of(type);
    }

    /** In CSV files of the library. */
    public static TextCodec csv(ColumnType type, boolean nullable) {
        boolean string = type.kind() == ColumnType.Kind.STRING;
        return new TextCodec(type, !nullable ? null : string ? LineBreakEscape.NULL : "", string);
    }

    /** In a column of texts that itself can hold any text and NULL. */
    public static TextCodec plain(ColumnType type) {
        return new TextCodec(type, null, false);
    }

    /** In a column of texts, one of which stands for NULL. */
    public static TextCodec plain(ColumnType type, String nullText) {
        return new TextCodec(type, nullText, false);
    }

    public static String timestamp(Instant instant) {
        return TIMESTAMP.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
    }

    @Override
    public String declaredType() {
        return "string";
    }

    @Override
    public boolean reads(String declared) {
        return declared.equals("string") || declared.startsWith("varchar(");
    }

    private String text(String reference) {
        return nullText == null ? reference : "nullif(" + reference + ", " + TrinoSql.string(nullText) + ")";
    }

    @Override
    public String exported(String reference) {
        String text = text(reference);
        return switch (type().kind()) {
            case BOOLEAN, INT32, INT64, DOUBLE, DECIMAL ->
                "CAST(" + text + " AS " + NativeCodec.trinoType(type()) + ")";
            case STRING -> lineSafe ? LineBreakEscape.readSql(text) : text;
            case DATE, TIMESTAMP -> text;
            case BINARY -> "from_hex(substr(" + text + ", 2))";
        };
    }

    @Override
    public String comparable(String reference) {
        String text = text(reference);
        return switch (type().kind()) {
            case INT32, INT64, DOUBLE, DECIMAL -> "CAST(" + text + " AS " + NativeCodec.trinoType(type()) + ")";
            case STRING, BOOLEAN, DATE, TIMESTAMP, BINARY -> text;
        };
    }

    @Override
    public String utcTime(String reference) {
        return "CAST(" + comparable(reference) + " AS timestamp(6))";
    }

    @Override
    public String literal(Object value) {
        return switch (type().kind()) {
            case INT32, INT64, DOUBLE, DECIMAL -> NativeCodec.nativeLiteral(type(), value);
            case STRING, BOOLEAN, DATE, TIMESTAMP, BINARY -> TrinoSql.string(text(value));
        };
    }

    @Override
    public Decoder caching() {
        return switch (type().kind()) {
            case STRING -> new InternedText(this);
            // A text that stands for NULL could be that of a time.
            case TIMESTAMP -> nullText == null || nullText.isEmpty() ? new CachedDay(this) : this;
            case BOOLEAN, INT32, INT64, DOUBLE, DECIMAL, DATE, BINARY -> this;
        };
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int from, int to) {
        byte[] none = nullBytes;
        return none != null && java.util.Arrays.equals(bytes, from, to, none, 0, none.length)
                ? null
                : decoder.decode(bytes, from, to);
    }

    @Override
    public ColumnType storedType() {
        return ColumnType.STRING;
    }

    @Override
    @Nullable
    public Object stored(@Nullable Object value) {
        return value == null ? nullText : text(value);
    }

    private String text(Object value) {
        return switch (type().kind()) {
            case BOOLEAN, INT32, INT64, DATE -> value.toString();
            case DOUBLE -> DoubleText.of((Double) value);
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case STRING -> lineSafe ? LineBreakEscape.write((String) value) : (String) value;
            case TIMESTAMP -> timestamp((Instant) value);
            case BINARY -> BINARY_MARK + HexFormat.of().formatHex((byte[]) value);
        };
    }

    private static Object binary(byte[] bytes, int from, int to) {
        if (from == to || bytes[from] != BINARY_MARK.charAt(0)) {
            throw new IllegalArgumentException(
                    "the text, of " + (to - from) + " bytes, isn't x and hexadecimal digits");
        }
        return Decoder.hex(bytes, from + 1, to);
    }
}
