package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.github.tieredquery.athenalocal.internal.type.SqlType.Kind;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.DataType;
import io.trino.sql.tree.DataTypeParameter;
import io.trino.sql.tree.DateTimeDataType;
import io.trino.sql.tree.GenericDataType;
import io.trino.sql.tree.NumericParameter;
import java.util.List;
import java.util.Locale;

/** Trino's casts in DuckDB's SQL. */
public final class Casts {
    private Casts() {}

    /** {@code CAST} or {@code TRY_CAST}. */
    static Typed explicit(Cast node, Typed value) {
        SqlType target = type(node.getType());
        SqlType source = value.type();
        if (!isCastable(source, target)) {
            throw QueryFailedException.at(
                    node, "TYPE_MISMATCH", "Cannot cast " + source.trinoName() + " to " + target.trinoName());
        }
        return new Typed(cast(value, target, node.isSafe() ? "try_" : ""), target);
    }

    private static boolean isCastable(SqlType source, SqlType target) {
        if (source.isUnknown() || source.kind() == target.kind()) {
            return true;
        }
        if (source.isText()) {
            return !target.is(Kind.INTERVAL) && !target.is(Kind.ROW) && !target.is(Kind.ARRAY);
        }
        if (target.isText()) {
            return !source.is(Kind.VARBINARY) && !source.is(Kind.ROW) && !source.is(Kind.ARRAY);
        }
        boolean numbers =
                (source.isNumeric() || source.is(Kind.BOOLEAN)) && (target.isNumeric() || target.is(Kind.BOOLEAN));
        return numbers || (source.isDateTime() && target.isDateTime());
    }

    private static String cast(Typed value, SqlType target, String attempt) {
        SqlType source = value.type();
        String sql = value.sql();
        if (source.isUnknown()) {
            return "CAST(NULL AS " + target.duckName() + ")";
        }
        if (target.isText()) {
            return limited(text(value), target);
        }
        if (source.isText()) {
            return fromText(sql, target, attempt);
        }
        if (target.is(Kind.TIMESTAMP) || target.is(Kind.TIMESTAMP_ZONED)) {
            return rounded("CAST(" + sql + " AS " + target.duckName() + ")", source, target);
        }
        boolean real = source.is(Kind.DOUBLE) || source.is(Kind.REAL);
        if (real && target.isInteger()) {
            sql = "al_round(" + sql + ")";
        }
        return (attempt.isEmpty() ? "CAST(" : "TRY_CAST(") + sql + " AS " + target.duckName() + ")";
    }

    private static String fromText(String sql, SqlType target, String attempt) {
        String checked = "al_" + attempt + "text_to_";
        if (target.isInteger()) {
            return checked + target.kind().name().toLowerCase(Locale.ROOT) + "(" + sql + ")";
        }
        if (target.is(Kind.VARBINARY)) {
            return "encode(" + sql + ")";
        }
        String cast = (attempt.isEmpty() ? "CAST(" : "TRY_CAST(") + "trim(" + sql + ") AS " + target.duckName() + ")";
        return target.is(Kind.TIMESTAMP) ? rounded(cast, SqlType.timestamp(6), target) : cast;
    }

    private static String rounded(String sql, SqlType source, SqlType target) {
        return target.precision() >= 6 || source.precision() <= target.precision()
                ? sql
                : target.precision() == 3
                        ? "al_round_millis(" + sql + ")"
                        : "date_trunc('" + (target.precision() > 3 ? "microseconds" : "seconds") + "', " + sql + ")";
    }

    private static String limited(String sql, SqlType target) {
        if (target.is(Kind.CHAR)) {
            return "rpad(" + sql + ", " + target.precision() + ", ' ')";
        }
        return target.precision() == SqlType.UNBOUNDED ? sql : "substr(" + sql + ", 1, " + target.precision() + ")";
    }

    /** The text that a cast to varchar gives. */
    private static String text(Typed value) {
        return switch (value.type().kind()) {
            case VARCHAR, CHAR -> value.sql();
            case DOUBLE, REAL -> "al_scientific(" + value.sql() + ")";
            default -> result(value);
        };
    }

    /** The text that a query's result shows. */
    public static String result(Typed value) {
        String sql = value.sql();
        return switch (value.type().kind()) {
            case VARCHAR, CHAR -> sql;
            case UNKNOWN -> "CAST(NULL AS VARCHAR)";
            case DOUBLE, REAL -> "al_double_text(" + sql + ")";
            case TIMESTAMP ->
                "strftime(" + sql + ", '%Y-%m-%d %H:%M:%S." + (value.type().precision() > 3 ? "%f" : "%g") + "')";
            case TIMESTAMP_ZONED -> "(strftime(timezone('UTC', " + sql + "), '%Y-%m-%d %H:%M:%S.%g') || ' UTC')";
            case VARBINARY -> "al_binary_text(" + sql + ")";
            case DECIMAL -> decimalText(sql, value.type());
            default -> "CAST(" + sql + " AS VARCHAR)";
        };
    }

    /** DuckDB leaves out the zero before the point if the type has no digit for it. */
    private static String decimalText(String sql, SqlType type) {
        boolean bare = type.precision() == type.scale() && type.precision() < 38;
        String wider = bare
                ? "CAST(" + sql + " AS "
                        + SqlType.decimal(type.precision() + 1, type.scale()).duckName() + ")"
                : sql;
        return "CAST(" + wider + " AS VARCHAR)";
    }

    /** An implicit coercion, to a type that holds every value of the source. */
    static String coerce(Typed value, SqlType target) {
        if (value.type().kind() == target.kind() && !target.is(Kind.DECIMAL)) {
            return value.sql();
        }
        return target.isUnknown() || target.is(Kind.ROW) || target.is(Kind.INTERVAL)
                ? value.sql()
                : "CAST(" + value.sql() + " AS " + target.duckName() + ")";
    }

    /** The type that a query names. */
    static SqlType type(DataType node) {
        if (node instanceof DateTimeDataType time) {
            int precision = time.getPrecision().map(Casts::number).orElse(3);
            if (time.getType() == DateTimeDataType.Type.TIME) {
                return SqlType.TIME;
            }
            return time.isWithTimeZone()
                    ? new SqlType(Kind.TIMESTAMP_ZONED, precision, 0, List.of())
                    : SqlType.timestamp(precision);
        }
        if (node instanceof GenericDataType generic) {
            return generic(generic);
        }
        throw QueryFailedException.at(node, "NOT_SUPPORTED", "This Athena doesn't know the type " + node + ".");
    }

    private static SqlType generic(GenericDataType node) {
        List<DataTypeParameter> arguments = node.getArguments();
        int first = arguments.isEmpty() ? -1 : number(arguments.get(0));
        int second = arguments.size() < 2 ? 0 : number(arguments.get(1));
        return switch (node.getName().getValue().toLowerCase(Locale.ROOT)) {
            case "boolean" -> SqlType.BOOLEAN;
            case "tinyint" -> SqlType.TINYINT;
            case "smallint" -> SqlType.SMALLINT;
            case "integer", "int" -> SqlType.INTEGER;
            case "bigint" -> SqlType.BIGINT;
            case "real" -> SqlType.REAL;
            case "double" -> SqlType.DOUBLE;
            case "decimal" -> first < 0 ? SqlType.decimal(38, 0) : SqlType.decimal(first, second);
            case "varchar" -> first < 0 ? SqlType.VARCHAR : SqlType.varchar(first);
            case "char" -> SqlType.character(Math.max(1, first));
            case "varbinary" -> SqlType.VARBINARY;
            case "date" -> SqlType.DATE;
            default ->
                throw QueryFailedException.at(
                        node,
                        "TYPE_NOT_FOUND",
                        "Unknown type: " + node.getName().getValue());
        };
    }

    private static int number(DataTypeParameter parameter) {
        return parameter instanceof NumericParameter number ? Integer.parseInt(number.getValue()) : -1;
    }
}
