package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.trino.sql.tree.BinaryLiteral;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.DecimalLiteral;
import io.trino.sql.tree.DoubleLiteral;
import io.trino.sql.tree.GenericLiteral;
import io.trino.sql.tree.IntervalLiteral;
import io.trino.sql.tree.Literal;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.TimestampLiteral;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Literals of Trino's SQL in DuckDB's. */
public final class Literals {
    private static final Pattern TIMESTAMP = Pattern.compile(
            "\\s*(\\d{4,}-\\d{1,2}-\\d{1,2})(?:[ T](\\d{1,2}:\\d{1,2}(?::\\d{1,2}(?:\\.(\\d{1,12}))?)?))?\\s*(.*?)\\s*");

    private Literals() {}

    static Typed translate(Literal literal) {
        if (literal instanceof StringLiteral text) {
            return new Typed(
                    quote(text.getValue()),
                    SqlType.varchar(
                            text.getValue().codePointCount(0, text.getValue().length())));
        }
        if (literal instanceof LongLiteral number) {
            long value = number.getParsedValue();
            boolean small = value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE;
            return small
                    ? new Typed(Long.toString(value), SqlType.INTEGER)
                    : new Typed("CAST(" + value + " AS BIGINT)", SqlType.BIGINT);
        }
        if (literal instanceof BooleanLiteral bool) {
            return ExpressionTranslator.bool(bool.getValue() ? "TRUE" : "FALSE");
        }
        if (literal instanceof NullLiteral) {
            return new Typed("NULL", SqlType.UNKNOWN);
        }
        if (literal instanceof DoubleLiteral number) {
            return new Typed("CAST('" + number.getValue() + "' AS DOUBLE)", SqlType.DOUBLE);
        }
        if (literal instanceof DecimalLiteral number) {
            return decimal(number);
        }
        if (literal instanceof BinaryLiteral binary) {
            return new Typed(
                    "from_hex('" + HexFormat.of().withUpperCase().formatHex(binary.getValue()) + "')",
                    SqlType.VARBINARY);
        }
        if (literal instanceof TimestampLiteral timestamp) {
            return timestamp(literal, timestamp.getValue());
        }
        if (literal instanceof IntervalLiteral interval) {
            String sign = interval.getSign() == IntervalLiteral.Sign.NEGATIVE ? "-" : "";
            return new Typed(
                    "(INTERVAL (" + sign + new BigDecimal(interval.getValue().trim()) + ") " + interval.getStartField()
                            + ")",
                    SqlType.INTERVAL);
        }
        if (literal instanceof GenericLiteral generic) {
            return generic(generic);
        }
        throw QueryFailedException.at(
                literal,
                "NOT_SUPPORTED",
                "This Athena doesn't know the literal " + literal.getClass().getSimpleName() + ".");
    }

    /** A string literal that every dialect here reads alike. */
    public static String quote(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static Typed generic(GenericLiteral literal) {
        String value = literal.getValue();
        try {
            switch (literal.getType().toLowerCase(Locale.ROOT)) {
                case "date" -> {
                    LocalDate date = LocalDate.parse(value.trim());
                    return new Typed("DATE '" + date + "'", SqlType.DATE);
                }
                case "timestamp" -> {
                    return timestamp(literal, value);
                }
                case "bigint" -> {
                    return new Typed("CAST(" + Long.parseLong(value.trim()) + " AS BIGINT)", SqlType.BIGINT);
                }
                case "integer", "int" -> {
                    return new Typed(Integer.toString(Integer.parseInt(value.trim())), SqlType.INTEGER);
                }
                case "double" -> {
                    return new Typed("CAST('" + Double.parseDouble(value.trim()) + "' AS DOUBLE)", SqlType.DOUBLE);
                }
                case "varchar" -> {
                    return new Typed(quote(value), SqlType.VARCHAR);
                }
                case "boolean" -> {
                    return ExpressionTranslator.bool(Boolean.parseBoolean(value) ? "TRUE" : "FALSE");
                }
                default ->
                    throw QueryFailedException.at(literal, "TYPE_NOT_FOUND", "Unknown type: " + literal.getType());
            }
        } catch (DateTimeException | NumberFormatException malformed) {
            throw invalid(literal, value, literal.getType().toLowerCase(Locale.ROOT));
        }
    }

    private static Typed decimal(DecimalLiteral literal) {
        try {
            BigDecimal decimal = new BigDecimal(literal.getValue().trim());
            int scale = Math.max(0, decimal.scale());
            SqlType type = SqlType.decimal(Math.max(decimal.precision(), scale), scale);
            return new Typed("CAST('" + decimal.toPlainString() + "' AS " + type.duckName() + ")", type);
        } catch (NumberFormatException malformed) {
            throw invalid(literal, literal.getValue(), "decimal");
        }
    }

    private static Typed timestamp(Node node, String value) {
        Matcher matcher = TIMESTAMP.matcher(value);
        if (!matcher.matches()) {
            throw invalid(node, value, "timestamp");
        }
        String time = matcher.group(2) == null ? "00:00:00" : matcher.group(2);
        int digits = matcher.group(3) == null ? 0 : Math.min(6, matcher.group(3).length());
        String zone = matcher.group(4);
        String local = "CAST(" + quote(matcher.group(1) + " " + time) + " AS TIMESTAMP)";
        return zone.isEmpty()
                ? new Typed(local, SqlType.timestamp(digits))
                : new Typed(
                        "timezone(" + quote(zone) + ", " + local + ")",
                        new SqlType(SqlType.Kind.TIMESTAMP_ZONED, digits, 0, List.of()));
    }

    private static QueryFailedException invalid(Node node, String value, String type) {
        return QueryFailedException.at(node, "INVALID_LITERAL", "'" + value + "' is not a valid " + type + " literal");
    }
}
