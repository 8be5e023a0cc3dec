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
    private final Function<Instant, String> literal;
    private final Decoder decoder;

    CoarseTimeCodec(String declaredType, long unitMicros, Function<Instant, String> literal, Decoder decoder) {
        super(ColumnType.TIMESTAMP);
        this.declaredType = declaredType;
        this.unitMicros = unitMicros;
        this.literal = literal;
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
        return literal.apply((Instant) value);
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

    /** Microseconds since 1970; {@link ChronoUnit#between} overflows, since it counts nanoseconds. */
    static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }
}
