package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Micros;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Instants in a column that somebody else fills, as numbers or texts that count in a unit longer than a microsecond or
 * as long. Comparisons with an instant between two units are rewritten, so that they select the same rows.
 */
public final class CoarseTimeCodec extends Codec {

    private static final long MICROS_OF_DAY = 86_400_000_000L;

    private final String declaredType;
    private final long unitMicros;
    private final Function<Instant, Object> stored;
    private final Decoder decoder;

    /**
     * A codec.
     *
     * @param stored what stands in a file: a Long in a column of numbers, else a String
     */
    public CoarseTimeCodec(String declaredType, long unitMicros, Function<Instant, Object> stored, Decoder decoder) {
        super(ColumnType.TIMESTAMP);
        this.declaredType = declaredType;
        this.unitMicros = unitMicros;
        this.stored = stored;
        this.decoder = decoder;
    }

    @Override
    public String declaredType() {
        return declaredType;
    }

    @Override
    public boolean reads(String declared) {
        return declared.equals(declaredType) || (declaredType.equals("string") && declared.startsWith("varchar("));
    }

    @Override
    public long unitMicros() {
        return unitMicros;
    }

    @Override
    public HivePartitionPlanner sorted(HivePartitionPlanner planner) {
        return planner.timesCutTo(Duration.of(unitMicros, ChronoUnit.MICROS));
    }

    @Override
    public String comparable(String reference) {
        return reference;
    }

    /** Of numbers; texts may have any form. */
    @Override
    @Nullable
    public String utcTime(String reference) {
        return declaredType.equals("bigint") ? time(reference, "second", 1_000_000 / unitMicros) : null;
    }

    /**
     * The time, without what is finer than the unit that is added. Athena's {@code date_add} takes 32 bits, so whole
     * days are added first.
     *
     * @param unit what is added to the day
     * @param divisor how many of the column's units it has
     */
    private String time(String reference, String unit, long divisor) {
        long day = MICROS_OF_DAY / unitMicros;
        // Division cuts towards zero, and times before 1970 are negative.
        String days =
                reference + " / " + day + " - CASE WHEN mod(" + reference + ", " + day + ") < 0 THEN 1 ELSE 0 END";
        // The rest of a division is never negative so, whatever the sign of the number.
        String rest = rest(reference, day) + (divisor == 1 ? "" : " / " + divisor);
        return "date_add('" + unit + "', " + rest + ", date_add('day', " + days
                + ", TIMESTAMP '1970-01-01 00:00:00.000'))";
    }

    private static String rest(String reference, long divisor) {
        return "mod(mod(" + reference + ", " + divisor + ") + " + divisor + ", " + divisor + ")";
    }

    @Override
    @Nullable
    public String exported(String reference) {
        if (!declaredType.equals("bigint")) {
            return null;
        }
        String time = unitMicros == 1_000_000
                ? time(reference, "second", 1)
                : time(reference, "millisecond", 1_000 / unitMicros);
        String text = "date_format(" + time + ", '" + TextCodec.TIMESTAMP_FORMAT + "')";
        // Athena's date_format knows milliseconds.
        return unitMicros == 1
                ? "substr(" + text + ", 1, 23) || lpad(CAST(" + rest(reference, 1_000) + " AS varchar), 3, '0')"
                : text;
    }

    @Override
    public String literal(Object value) {
        Object text = stored.apply((Instant) value);
        return text instanceof String string ? TrinoSql.string(string) : text.toString();
    }

    @Override
    public boolean holds(Object value) {
        return Micros.of((Instant) value) % unitMicros == 0;
    }

    @Override
    public String compare(String reference, Operator operator, Object value) {
        if (holds(value)) {
            return super.compare(reference, operator, value);
        }
        long up = Math.floorDiv(Micros.of((Instant) value), unitMicros) + 1;
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
    public ColumnType storedType() {
        return declaredType.equals("bigint") ? ColumnType.INT64 : ColumnType.STRING;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the value would be cut
     */
    @Override
    @Nullable
    public Object stored(@Nullable Object value) {
        if (value != null && !holds(value)) {
            throw new IllegalArgumentException(
                    "it isn't a whole number of " + unitMicros + " microseconds, which the table's times are");
        }
        return value == null ? null : stored.apply((Instant) value);
    }
}
