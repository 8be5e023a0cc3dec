package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values in a column of Athena's own type for them. */
public final class NativeCodec extends Codec {

    private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d+),(\\d+)\\)");

    private final Decoder decoder;
    private final boolean rounds;

    public NativeCodec(ColumnType type) {
        this(type, true);
    }

    private NativeCodec(ColumnType type, boolean rounds) {
        super(type);
        this.decoder = Decoder.of(type);
        this.rounds = rounds;
    }

    /** Times of files that hold no finer ones than Athena reads. */
    public static NativeCodec wholeMillis() {
        return new NativeCodec(ColumnType.TIMESTAMP, false);
    }

    /** The name in queries, which isn't always the one in DDL. */
    static String trinoType(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case DOUBLE -> "double";
            case DECIMAL -> "decimal(" + type.precision() + "," + type.scale() + ")";
            case STRING -> "varchar";
            case DATE -> "date";
            case TIMESTAMP -> "timestamp(6)";
            case BINARY -> "varbinary";
        };
    }

    /** A literal of exactly the type, so that no coercion can lose digits. */
    static String nativeLiteral(ColumnType type, Object value) {
        return switch (type.kind()) {
            case BOOLEAN, INT32 -> value.toString();
            // The grammar reads the sign apart from the digits, which alone would be out of range.
            case INT64 -> value.equals(Long.MIN_VALUE) ? "CAST('" + value + "' AS bigint)" : value.toString();
            case DOUBLE -> "CAST('" + value + "' AS double)";
            case DECIMAL -> "CAST('" + ((BigDecimal) value).toPlainString() + "' AS " + trinoType(type) + ")";
            case STRING -> TrinoSql.string((String) value);
            case DATE -> "DATE '" + value + "'";
            case TIMESTAMP -> "TIMESTAMP '" + TextCodec.timestamp((Instant) value) + "'";
            case BINARY -> "X'" + HexFormat.of().formatHex((byte[]) value) + "'";
        };
    }

    @Override
    public String declaredType() {
        return switch (type().kind()) {
            case INT32 -> "int";
            case STRING -> "string";
            case TIMESTAMP -> "timestamp";
            case BINARY -> "binary";
            case BOOLEAN, INT64, DOUBLE, DECIMAL, DATE -> trinoType(type());
        };
    }

    @Override
    public boolean reads(String declared) {
        return switch (type().kind()) {
            case INT32 -> Set.of("tinyint", "smallint", "int", "integer").contains(declared);
            case INT64 ->
                Set.of("tinyint", "smallint", "int", "integer", "bigint").contains(declared);
            case STRING -> declared.equals("string") || declared.startsWith("varchar(");
            case DECIMAL -> readsDecimal(declared);
            case BOOLEAN, DOUBLE, DATE, TIMESTAMP, BINARY -> declared.equals(declaredType());
        };
    }

    private boolean readsDecimal(String declared) {
        Matcher decimal = DECIMAL.matcher(declared);
        if (!decimal.matches()) {
            return false;
        }
        int precision = Integer.parseInt(decimal.group(1));
        int scale = Integer.parseInt(decimal.group(2));
        return scale <= type().scale() && precision - scale <= type().precision() - type().scale();
    }

    /** Athena's Hive tables keep milliseconds. */
    @Override
    public long unitMicros() {
        return 1_000;
    }

    /** Athena rounds what a file has of a finer time, so that a time can be the first of the next day. */
    @Override
    public HivePartitionPlanner sorted(HivePartitionPlanner planner) {
        return rounds && type().kind() == ColumnType.Kind.TIMESTAMP
                ? planner.timesRoundedTo(Duration.ofMillis(1))
                : planner;
    }

    @Override
    public String comparable(String reference) {
        return reference;
    }

    @Override
    public String utcTime(String reference) {
        return reference;
    }

    @Override
    public String exported(String reference) {
        return switch (type().kind()) {
            case BOOLEAN, INT32, INT64, DOUBLE, STRING, BINARY -> reference;
            case DECIMAL -> "CAST(" + reference + " AS " + trinoType(type()) + ")";
            case DATE -> "CAST(" + reference + " AS varchar)";
            case TIMESTAMP -> "date_format(" + reference + ", '" + TextCodec.TIMESTAMP_FORMAT + "')";
        };
    }

    @Override
    public String shown(String reference) {
        return reference;
    }

    @Override
    public String literal(Object value) {
        return nativeLiteral(type(), value);
    }

    @Override
    public Decoder caching() {
        return switch (type().kind()) {
            case STRING -> new InternedText(this);
            case TIMESTAMP -> new CachedDay(this);
            case BOOLEAN, INT32, INT64, DOUBLE, DECIMAL, DATE, BINARY -> this;
        };
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int from, int to) {
        return decoder.decode(bytes, from, to);
    }
}
