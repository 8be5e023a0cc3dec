package io.github.tieredquery.athena;

import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.table.ColumnType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Instants in a column that somebody else fills, as numbers or texts that count in a unit longer than a microsecond or
 * as long. Comparisons with an instant between two units are rewritten, so that they select the same rows.
 */
final class CoarseTimeCodec extends Codec {

    private final String declaredType;
    private final long unitMicros;
    private final Function<Instant, Object> stored;
    private final Decoder decoder;

    /**
     * A codec.
     *
     * @param stored what stands in a file: a Long in a column of numbers, else a String
     */
    CoarseTimeCodec(String declaredType, long unitMicros, Function<Instant, Object> stored, Decoder decoder) {
        super(ColumnType.TIMESTAMP);
        this.declaredType = declaredType;
        this.unitMicros = unitMicros;
        this.stored = stored;
        this.decoder = decoder;
    }

    @Override
    String declaredType() {
        return declaredType;
    }

    @Override
    boolean reads(String declared) {
        return declared.equals(declaredType) || (declaredType.equals("string") && declared.startsWith("varchar("));
    }

    @Override
    long unitMicros() {
        return unitMicros;
    }

    @Override
    String comparable(String reference) {
        return reference;
    }

    /** Of numbers; texts may have any form. */
    @Override
    @Nullable
    String utcTime(String reference) {
        if (!declaredType.equals("bigint")) {
            return null;
        }
        long units = 1_000_000 / unitMicros;
        // Division cuts towards zero, and times before 1970 are negative.
        String seconds = units == 1
                ? reference
                : "(" + reference + " - (" + reference + " % " + units + " + " + units + ") % " + units + ") / "
                        + units;
        return "date_add('second', " + seconds + ", TIMESTAMP '1970-01-01 00:00:00')";
    }

    @Override
    @Nullable
    String exported(String reference) {
        if (!declaredType.equals("bigint")) {
            return null;
        }
        String unit = unitMicros == 1_000_000 ? "second" : "millisecond";
        // The rest of a division is never negative so, whatever the sign of the number.
        String micros = "mod(mod(" + reference + ", 1000) + 1000, 1000)";
        String count = unitMicros == 1 ? "(" + reference + " - " + micros + ") / 1000" : reference;
        String text = "date_format(date_add('" + unit + "', " + count + ", TIMESTAMP '1970-01-01 00:00:00.000'), '"
                + TextCodec.TIMESTAMP_FORMAT + "')";
        return unitMicros == 1 ? "substr(" + text + ", 1, 23) || lpad(CAST(" + micros + " AS varchar), 3, '0')" : text;
    }

    @Override
    String literal(Object value) {
        Object text = stored.apply((Instant) value);
        return text instanceof String string ? TrinoSql.string(string) : text.toString();
    }

    @Override
    boolean holds(Object value) {
        return micros((Instant) value) % unitMicros == 0;
    }

    @Override
    String compare(String reference, Operator operator, Object value) {
        if (holds(value)) {
            return super.compare(reference, operator, value);
        }
        long up = Math.floorDiv(micros((Instant) value), unitMicros) + 1;
        Instant next = Instant.EPOCH.plus(up * unitMicros, ChronoUnit.MICROS);
        return switch (operator) {
            case GE, GT -> super.compare(reference, Operator.GE, next);
            case LT, LE -> super.compare(reference, Operator.LT, next);
            // Nothing equals it, and everything but NULL differs from it.
            case EQ -> reference + " <> " + reference;
            case NE -> reference + " = " + reference;
        };
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int from, int to) {
        return decoder.decode(bytes, from, to);
    }

    @Override
    ColumnType storedType() {
        return declaredType.equals("bigint") ? ColumnType.INT64 : ColumnType.STRING;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the value would be cut
     */
    @Override
    @Nullable
    Object stored(@Nullable Object value) {
        if (value != null && !holds(value)) {
            throw new IllegalArgumentException(
                    "it isn't a whole number of " + unitMicros + " microseconds, which the table's times are");
        }
        return value == null ? null : stored.apply((Instant) value);
    }

    /** Microseconds since 1970; {@link ChronoUnit#between} overflows, since it counts nanoseconds. */
    static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }
}
