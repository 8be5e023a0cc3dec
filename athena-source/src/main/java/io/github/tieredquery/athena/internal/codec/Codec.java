package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.table.ColumnType;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one column stand in the cold table: in SQL, in the result and, where the library writes them as
 * text, in files. Immutable and thread-safe.
 */
public abstract class Codec implements Decoder {

    private final ColumnType type;

    Codec(ColumnType type) {
        this.type = type;
    }

    public final ColumnType type() {
        return type;
    }

    /** The type that the column has in DDL that the library writes. */
    public abstract String declaredType();

    /** Whether values can be read from a column of the type, given in lower case without spaces. */
    public boolean reads(String declared) {
        return declared.equals(declaredType());
    }

    /** An expression that is NULL for NULL and otherwise compares and sorts as the type's values do. */
    public abstract String comparable(String reference);

    /** For TIMESTAMP, an expression of the time in UTC as one of Athena's timestamps; null if there is none. */
    @Nullable
    public String utcTime(String reference) {
        return null;
    }

    /** For TIMESTAMP, how many microseconds the unit has in which times are kept. */
    public long unitMicros() {
        return 1;
    }

    /** For TIMESTAMP, a planner that knows how times are read which rows were sorted into partitions by. */
    public HivePartitionPlanner sorted(HivePartitionPlanner planner) {
        return planner;
    }

    /** A literal that can be compared with {@link #comparable}. */
    public abstract String literal(Object value);

    /** A condition; true, false, or NULL where the column is NULL. */
    public String compare(String reference, Operator operator, Object value) {
        return comparable(reference) + " " + operator.symbol() + " " + literal(value);
    }

    /** Whether some row may hold exactly the value. A comparison with any other is answered by {@link #compare}. */
    public boolean holds(Object value) {
        return true;
    }

    /** The text with which a value starts if it starts with {@code prefix}, for STRING columns. */
    public String prefixLiteral(String prefix) {
        return literal(prefix);
    }

    /** Reads the same values for one thread, and may remember some of them. */
    public Decoder caching() {
        return this;
    }

    /**
     * An expression whose value Athena writes in an export's text form, of the type {@link #exportType}; null if SQL
     * can't bring the values into that form.
     */
    @Nullable
    public String exported(String reference) {
        return null;
    }

    /**
     * The type of {@link #exported}. Times and days are texts, since Athena would show times with milliseconds only and
     * its days before 1582 are another calendar's.
     */
    final String exportType() {
        return switch (type.kind()) {
            case DATE, TIMESTAMP -> "varchar";
            case BOOLEAN, INT32, INT64, DOUBLE, DECIMAL, STRING, BINARY -> NativeCodec.trinoType(type);
        };
    }

    /** An expression of the values in Athena's own type for them; the column as it is if SQL can't tell them. */
    public String shown(String reference) {
        String exported = exported(reference);
        if (exported == null) {
            return reference;
        }
        return switch (type.kind()) {
            case DATE, TIMESTAMP -> "CAST(" + exported + " AS " + NativeCodec.trinoType(type) + ")";
            case BOOLEAN, INT32, INT64, DOUBLE, DECIMAL, STRING, BINARY -> exported;
        };
    }

    /** A value as {@link #exported} would give it. */
    public final String exportLiteral(@Nullable Object value) {
        if (value == null) {
            return "CAST(NULL AS " + exportType() + ")";
        }
        return switch (type.kind()) {
            case DATE -> TrinoSql.string(value.toString());
            case TIMESTAMP -> TrinoSql.string(TextCodec.timestamp((java.time.Instant) value));
            case BOOLEAN, INT32, INT64, DOUBLE, DECIMAL, STRING, BINARY -> NativeCodec.nativeLiteral(type, value);
        };
    }

    /** The type of what {@link #stored} gives. */
    public ColumnType storedType() {
        return type;
    }

    /** What stands in a file for a value, null if the file's own NULL does. */
    @Nullable
    public Object stored(@Nullable Object value) {
        return value;
    }
}
