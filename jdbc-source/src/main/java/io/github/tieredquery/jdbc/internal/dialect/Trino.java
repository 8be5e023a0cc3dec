package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;

/**
 * Trino. It compares text by code point and to the letter, streams by itself, and converts nothing in a comparison:
 * each parameter is cast to its column's type. Times, dates and decimals go in and out as text, which no driver's
 * calendar or session's zone can change.
 */
public final class Trino extends Dialect {

    /** The code of the error; there is no SQL state for it. */
    private static final int NUMERIC_VALUE_OUT_OF_RANGE = 19;

    private static final DateTimeFormatter LOCAL_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter(Locale.ROOT);

    public Trino() {
        super("trino");
    }

    @Override
    public boolean hasSnapshots() {
        return false;
    }

    @Override
    public void begin(Connection connection, Isolation isolation) {
        throw new UnsupportedOperationException("trino is only read from, by one statement at a time");
    }

    @Override
    public void beginSnapshot(Connection connection) {
        throw new UnsupportedOperationException("trino shows no two statements the same state");
    }

    @Override
    public SqlType typeOf(int jdbcType, String typeName, int scale) {
        String bare = typeName.replaceAll("\\(.*?\\)", "");
        return switch (bare) {
            case "boolean" -> SqlType.TRUTH;
            case "tinyint", "smallint", "integer" -> SqlType.INT32;
            case "bigint" -> SqlType.INT64;
            case "double" -> SqlType.DOUBLE;
            case "decimal" -> SqlType.DECIMAL;
            case "varchar" -> SqlType.TEXT;
            case "date" -> SqlType.DATE;
            case "timestamp" -> SqlType.LOCAL_TIME;
            case "timestamp with time zone" -> SqlType.ZONED_TIME;
            case "varbinary" -> SqlType.BYTES;
            default -> SqlType.OTHER;
        };
    }

    /** Without digits in its name a timestamp has three. */
    @Override
    public int secondDigits(DescribedColumn column) {
        String digits = column.typeName().replaceAll("[^0-9]", "");
        return digits.isEmpty() ? 3 : Integer.parseInt(digits);
    }

    @Override
    public boolean isExactByDefault() {
        return true;
    }

    @Override
    public Map<String, ColumnFacts> facts(Connection connection, Relation relation) {
        return Map.of();
    }

    /** A timestamp with a zone is read as local time in UTC. */
    @Override
    public boolean instantsAreLocal() {
        return true;
    }

    @Override
    public String selected(SqlColumn column) {
        return column.type() == SqlType.ZONED_TIME
                ? "CAST(" + column.sql() + " AT TIME ZONE 'UTC' AS timestamp(6))"
                : super.selected(column);
    }

    @Override
    String placeholder(SqlColumn column) {
        ColumnType type = column.column().type();
        return switch (type.kind()) {
            case BOOLEAN -> "CAST(? AS boolean)";
            case INT32 -> "CAST(? AS integer)";
            case INT64 -> "CAST(? AS bigint)";
            case DOUBLE -> "CAST(? AS double)";
            case DECIMAL -> "CAST(? AS decimal(" + type.precision() + ", " + type.scale() + "))";
            case STRING -> "CAST(? AS varchar)";
            case DATE -> "CAST(? AS date)";
            case TIMESTAMP ->
                column.type() == SqlType.ZONED_TIME
                        ? "CAST(? AS timestamp(6) with time zone)"
                        : "CAST(? AS timestamp(6))";
            case BINARY -> "CAST(? AS varbinary)";
        };
    }

    @Override
    SqlText.Binding binding(SqlColumn column, Object value) {
        if (value instanceof LocalDateTime time) {
            return super.binding(column, LOCAL_TIME.format(time) + (column.type() == SqlType.ZONED_TIME ? " UTC" : ""));
        } else if (value instanceof Instant instant) {
            return binding(column, instant.atOffset(ZoneOffset.UTC).toLocalDateTime());
        } else if (value instanceof BigDecimal number) {
            return super.binding(column, number.toPlainString());
        } else if (value instanceof LocalDate || value instanceof Double) {
            return super.binding(column, value.toString());
        }
        return super.binding(column, value);
    }

    @Override
    public ColumnReader reader(SqlColumn column) {
        return switch (column.column().type().kind()) {
            case DATE ->
                ColumnReader.date(column, (rows, index) -> {
                    String text = rows.getString(index);
                    return text == null ? null : LocalDate.parse(text);
                });
            case TIMESTAMP ->
                ColumnReader.localTime(column, localTimes(column), (rows, index) -> {
                    String text = rows.getString(index);
                    return text == null ? null : LocalDateTime.parse(text, LOCAL_TIME);
                });
            default -> super.reader(column);
        };
    }

    @Override
    public boolean isOverflow(SQLException e) {
        return e.getErrorCode() == NUMERIC_VALUE_OUT_OF_RANGE;
    }

    /** Sums of integers are 64-bit integers there, and fail beyond. */
    @Override
    public String sum(ColumnType type, String term) {
        boolean integer = type.kind() == ColumnType.Kind.INT32 || type.kind() == ColumnType.Kind.INT64;
        return integer ? "SUM(CAST(" + term + " AS decimal(38, 0)))" : super.sum(type, term);
    }

    /** Versions of Trino differ in what they make of NaN. */
    @Override
    public String least(ColumnType type, String term) {
        return type.kind() == ColumnType.Kind.DOUBLE
                ? "COALESCE(MIN(CASE WHEN NOT is_nan(" + term + ") THEN " + term + " END), MAX(" + term + "))"
                : super.least(type, term);
    }

    @Override
    public String greatest(ColumnType type, String term) {
        return type.kind() == ColumnType.Kind.DOUBLE
                ? "CASE WHEN bool_or(is_nan(" + term + ")) THEN nan() ELSE MAX(" + term + ") END"
                : super.greatest(type, term);
    }

    @Override
    public String local(SqlColumn time) {
        return selected(time);
    }

    @Override
    public void plusSeconds(SqlText sql, String local, SqlText seconds) {
        sql.add("date_add('second', ").add(seconds).add(", " + local + ")");
    }

    private static LocalTimes localTimes(SqlColumn column) {
        LocalTimes times = column.localTimes();
        if (times == null) {
            throw new IllegalStateException("column " + column.sql() + " has no local times");
        }
        return times;
    }

    /** There are no indexes to tell of. */
    @Override
    public boolean hasIndexes() {
        return false;
    }

    @Override
    public void prefix(SqlText sql, SqlColumn column, String prefix) {
        sql.add("starts_with(" + column.sql() + ", ")
                .add(placeholder(column), binding(column, prefix))
                .add(")");
    }
}
