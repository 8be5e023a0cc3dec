package io.github.tieredquery.athenalocal.internal.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A type of Trino's, as far as Athena's tables and queries need it.
 *
 * @param precision of a decimal or a timestamp, or the length of a varchar or char; {@link #UNBOUNDED} if it has none
 * @param elements the types of a row's fields or of an array's elements
 */
public record SqlType(Kind kind, int precision, int scale, List<SqlType> elements) {
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    public enum Kind {
        UNKNOWN,
        BOOLEAN,
        TINYINT,
        SMALLINT,
        INTEGER,
        BIGINT,
        DECIMAL,
        REAL,
        DOUBLE,
        CHAR,
        VARCHAR,
        VARBINARY,
        DATE,
        TIME,
        TIMESTAMP,
        TIMESTAMP_ZONED,
        INTERVAL,
        ARRAY,
        ROW
    }

    public static final SqlType UNKNOWN = of(Kind.UNKNOWN);
    public static final SqlType BOOLEAN = of(Kind.BOOLEAN);
    public static final SqlType TINYINT = of(Kind.TINYINT);
    public static final SqlType SMALLINT = of(Kind.SMALLINT);
    public static final SqlType INTEGER = of(Kind.INTEGER);
    public static final SqlType BIGINT = of(Kind.BIGINT);
    public static final SqlType REAL = of(Kind.REAL);
    public static final SqlType DOUBLE = of(Kind.DOUBLE);
    public static final SqlType VARCHAR = varchar(UNBOUNDED);
    public static final SqlType VARBINARY = of(Kind.VARBINARY);
    public static final SqlType DATE = of(Kind.DATE);
    public static final SqlType TIME = of(Kind.TIME);
    public static final SqlType TIMESTAMP = timestamp(3);
    public static final SqlType TIMESTAMP_ZONED = new SqlType(Kind.TIMESTAMP_ZONED, 3, 0, List.of());
    public static final SqlType INTERVAL = of(Kind.INTERVAL);

    private static final Pattern HIVE = Pattern.compile("([a-z]+)(?:\\s*\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\))?");

    private static SqlType of(Kind kind) {
        return new SqlType(kind, 0, 0, List.of());
    }

    public static SqlType varchar(int length) {
        return new SqlType(Kind.VARCHAR, length, 0, List.of());
    }

    public static SqlType character(int length) {
        return new SqlType(Kind.CHAR, length, 0, List.of());
    }

    public static SqlType decimal(int precision, int scale) {
        return new SqlType(Kind.DECIMAL, Math.min(38, precision), scale, List.of());
    }

    public static SqlType timestamp(int precision) {
        return new SqlType(Kind.TIMESTAMP, precision, 0, List.of());
    }

    public static SqlType row(List<SqlType> fields) {
        return new SqlType(Kind.ROW, 0, 0, List.copyOf(fields));
    }

    public static SqlType array(SqlType element) {
        return new SqlType(Kind.ARRAY, 0, 0, List.of(element));
    }

    /** The type of a column that DDL declares so, or null if there's no such type. */
    public static @Nullable SqlType ofHive(String declared) {
        Matcher matcher = HIVE.matcher(declared.toLowerCase(Locale.ROOT).trim());
        if (!matcher.matches()) {
            return null;
        }
        int first = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
        int second = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return switch (matcher.group(1)) {
            case "boolean" -> BOOLEAN;
            case "tinyint" -> TINYINT;
            case "smallint" -> SMALLINT;
            case "int", "integer" -> INTEGER;
            case "bigint" -> BIGINT;
            case "float" -> REAL;
            case "double" -> DOUBLE;
            case "decimal" -> first < 0 ? decimal(10, 0) : decimal(first, second);
            case "string" -> VARCHAR;
            case "varchar" -> first < 0 ? null : varchar(first);
            case "char" -> first < 0 ? null : character(first);
            case "binary" -> VARBINARY;
            case "date" -> DATE;
            case "timestamp" -> TIMESTAMP;
            default -> null;
        };
    }

    /** The type that the catalog has of a view's column. */
    public String hiveName() {
        return switch (kind) {
            case INTEGER -> "int";
            case REAL -> "float";
            case DECIMAL -> "decimal(" + precision + "," + scale + ")";
            case CHAR -> "char(" + precision + ")";
            case VARCHAR -> precision == UNBOUNDED ? "string" : "varchar(" + precision + ")";
            case VARBINARY -> "binary";
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }

    public boolean is(Kind other) {
        return kind == other;
    }

    public boolean isUnknown() {
        return kind == Kind.UNKNOWN;
    }

    /** For functions that take an argument of any type. */
    public boolean isAny() {
        return true;
    }

    public boolean isBinary() {
        return kind == Kind.VARBINARY;
    }

    public boolean isBoolean() {
        return kind == Kind.BOOLEAN;
    }

    public boolean isText() {
        return kind == Kind.VARCHAR || kind == Kind.CHAR;
    }

    public boolean isInteger() {
        return kind.compareTo(Kind.TINYINT) >= 0 && kind.compareTo(Kind.BIGINT) <= 0;
    }

    public boolean isNumeric() {
        return kind.compareTo(Kind.TINYINT) >= 0 && kind.compareTo(Kind.DOUBLE) <= 0;
    }

    public boolean isDateTime() {
        return kind == Kind.DATE || kind == Kind.TIMESTAMP || kind == Kind.TIMESTAMP_ZONED;
    }

    /** The decimal that holds every value of this integer type. */
    private SqlType asDecimal() {
        return switch (kind) {
            case TINYINT -> decimal(3, 0);
            case SMALLINT -> decimal(5, 0);
            case INTEGER -> decimal(10, 0);
            case BIGINT -> decimal(19, 0);
            default -> this;
        };
    }

    /** The type that values of both types are compared in, or null if Trino compares them not at all. */
    public static @Nullable SqlType common(SqlType left, SqlType right) {
        if (left.equals(right) || right.isUnknown()) {
            return left;
        }
        if (left.isUnknown()) {
            return right;
        }
        if (left.isNumeric() && right.isNumeric()) {
            return commonNumber(left, right);
        }
        if (left.isText() && right.isText()) {
            int length = Math.max(left.precision, right.precision);
            return left.is(Kind.CHAR) && right.is(Kind.CHAR) ? character(length) : varchar(length);
        }
        if (left.isDateTime() && right.isDateTime()) {
            SqlType wider = left.kind.compareTo(right.kind) >= 0 ? left : right;
            return new SqlType(wider.kind, Math.max(left.precision, right.precision), 0, List.of());
        }
        if (left.kind == right.kind && left.elements.size() == right.elements.size()) {
            return commonElements(left, right);
        }
        return null;
    }

    private static @Nullable SqlType commonElements(SqlType left, SqlType right) {
        List<SqlType> elements = new ArrayList<>();
        for (int i = 0; i < left.elements.size(); i++) {
            SqlType element = common(left.elements.get(i), right.elements.get(i));
            if (element == null) {
                return null;
            }
            elements.add(element);
        }
        return new SqlType(left.kind, left.precision, left.scale, List.copyOf(elements));
    }

    private static SqlType commonNumber(SqlType left, SqlType right) {
        SqlType wider = left.kind.compareTo(right.kind) >= 0 ? left : right;
        if (!wider.is(Kind.DECIMAL)) {
            return wider;
        }
        SqlType a = left.asDecimal();
        SqlType b = right.asDecimal();
        int scale = Math.max(a.scale, b.scale);
        return decimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale, scale);
    }

    /** The result type of {@code left operator right} for two numbers. */
    public static SqlType arithmetic(char operator, SqlType left, SqlType right) {
        SqlType wider = left.kind.compareTo(right.kind) >= 0 ? left : right;
        if (!wider.is(Kind.DECIMAL)) {
            return wider;
        }
        SqlType a = left.asDecimal();
        SqlType b = right.asDecimal();
        int scale = Math.max(a.scale, b.scale);
        return switch (operator) {
            case '*' -> decimal(a.precision + b.precision, a.scale + b.scale);
            case '/' -> decimal(a.precision + b.scale + Math.max(0, b.scale - a.scale), scale);
            case '%' -> decimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
            default -> decimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
        };
    }

    /** The name in Trino's messages. */
    public String trinoName() {
        return switch (kind) {
            case VARCHAR -> precision == UNBOUNDED ? "varchar" : "varchar(" + precision + ")";
            case CHAR -> "char(" + precision + ")";
            case DECIMAL -> "decimal(" + precision + "," + scale + ")";
            case TIMESTAMP -> "timestamp(" + precision + ")";
            case TIMESTAMP_ZONED -> "timestamp(" + precision + ") with time zone";
            case INTERVAL -> "interval day to second";
            case ARRAY -> "array(" + elements.get(0).trinoName() + ")";
            case ROW ->
                "row("
                        + String.join(
                                ", ", elements.stream().map(SqlType::trinoName).toList())
                        + ")";
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }

    /** The name in the column infos of Athena's results. */
    String athenaName() {
        return switch (kind) {
            case UNKNOWN -> "unknown";
            case REAL -> "float";
            case TIMESTAMP_ZONED -> "timestamp with time zone";
            case INTERVAL -> "interval day to second";
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }

    int athenaPrecision() {
        return switch (kind) {
            case TINYINT -> 3;
            case SMALLINT -> 5;
            case INTEGER -> 10;
            case BIGINT -> 19;
            case REAL, DOUBLE -> 17;
            case VARCHAR, CHAR, DECIMAL -> precision;
            case TIMESTAMP, TIMESTAMP_ZONED, TIME -> 3;
            case VARBINARY -> 1_073_741_824;
            default -> 0;
        };
    }

    /** The type of DuckDB's that holds the values. */
    public String duckName() {
        return switch (kind) {
            case UNKNOWN, VARCHAR, CHAR -> "VARCHAR";
            case DECIMAL -> "DECIMAL(" + precision + "," + scale + ")";
            case VARBINARY -> "BLOB";
            case TIMESTAMP_ZONED -> "TIMESTAMPTZ";
            case ARRAY -> elements.get(0).duckName() + "[]";
            default -> kind.name();
        };
    }
}
