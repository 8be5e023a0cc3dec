package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.github.tieredquery.athenalocal.internal.type.SqlType.Kind;
import io.trino.sql.tree.ArithmeticBinaryExpression;
import io.trino.sql.tree.ArithmeticUnaryExpression;

/** Trino's arithmetic in DuckDB's: division by zero fails, and integers divide to integers. */
final class Arithmetic {
    private Arithmetic() {}

    static Typed binary(ArithmeticBinaryExpression node, Typed left, Typed right) {
        String operator = node.getOperator().getValue();
        SqlType a = left.type();
        SqlType b = right.type();
        if (a.isUnknown() && b.isUnknown()) {
            return new Typed("NULL", SqlType.UNKNOWN);
        }
        if ((a.isNumeric() || a.isUnknown()) && (b.isNumeric() || b.isUnknown())) {
            SqlType type = a.isUnknown() ? b : b.isUnknown() ? a : SqlType.arithmetic(operator.charAt(0), a, b);
            return number(operator, left, right, type);
        }
        boolean additive = operator.equals("+") || operator.equals("-");
        if (additive && a.isDateTime() && b.is(Kind.INTERVAL)) {
            return moved(left.sql() + " " + operator + " " + right.sql(), a);
        }
        if (operator.equals("+") && a.is(Kind.INTERVAL) && b.isDateTime()) {
            return moved(right.sql() + " + " + left.sql(), b);
        }
        if (operator.equals("-") && a.isDateTime() && b.isDateTime() && SqlType.common(a, b) != null) {
            return new Typed(
                    "(CAST(" + left.sql() + " AS TIMESTAMP) - CAST(" + right.sql() + " AS TIMESTAMP))",
                    SqlType.INTERVAL);
        }
        throw QueryFailedException.at(
                node,
                "TYPE_MISMATCH",
                "Cannot apply operator: " + a.trinoName() + " " + operator + " " + b.trinoName());
    }

    private static Typed moved(String sql, SqlType type) {
        return new Typed("CAST((" + sql + ") AS " + type.duckName() + ")", type);
    }

    private static Typed number(String operator, Typed left, Typed right, SqlType type) {
        boolean exact = type.isInteger() || type.is(Kind.DECIMAL);
        String sql = switch (operator) {
            case "/" ->
                type.isInteger()
                        ? "(" + left.sql() + " // " + divisor(right) + ")"
                        : type.is(Kind.DECIMAL)
                                ? "round(CAST(" + left.sql() + " AS DECIMAL(38," + type.scale() + ")) / "
                                        + divisor(right) + ", " + type.scale() + ")"
                                : "(CAST(" + left.sql() + " AS DOUBLE) / " + right.sql() + ")";
            case "%" -> "(" + left.sql() + " % " + (exact ? divisor(right) : right.sql()) + ")";
            default -> "(" + left.sql() + " " + operator + " " + right.sql() + ")";
        };
        return new Typed("CAST(" + sql + " AS " + type.duckName() + ")", type);
    }

    private static String divisor(Typed right) {
        return "al_divisor(" + right.sql() + ")";
    }

    static Typed unary(ArithmeticUnaryExpression node, Typed value) {
        boolean minus = node.getSign() == ArithmeticUnaryExpression.Sign.MINUS;
        if (!value.type().isNumeric() && !(minus && value.type().is(Kind.INTERVAL))) {
            throw QueryFailedException.at(
                    node,
                    "TYPE_MISMATCH",
                    "Unary '" + (minus ? "-" : "+") + "' operator cannot be applied to type: "
                            + value.type().trinoName());
        }
        return minus ? new Typed("(- " + value.sql() + ")", value.type()) : value;
    }
}
