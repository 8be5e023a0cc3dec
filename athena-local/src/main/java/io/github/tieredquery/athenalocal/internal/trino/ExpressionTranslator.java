package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.github.tieredquery.athenalocal.internal.type.SqlType.Kind;
import io.trino.sql.tree.ArithmeticBinaryExpression;
import io.trino.sql.tree.ArithmeticUnaryExpression;
import io.trino.sql.tree.Array;
import io.trino.sql.tree.AtTimeZone;
import io.trino.sql.tree.BetweenPredicate;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.CoalesceExpression;
import io.trino.sql.tree.ComparisonExpression;
import io.trino.sql.tree.CurrentTime;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.ExistsPredicate;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Extract;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.IfExpression;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.IsNotNullPredicate;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LikePredicate;
import io.trino.sql.tree.Literal;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullIfExpression;
import io.trino.sql.tree.Parameter;
import io.trino.sql.tree.QualifiedName;
import io.trino.sql.tree.QuantifiedComparisonExpression;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.Row;
import io.trino.sql.tree.SearchedCaseExpression;
import io.trino.sql.tree.SimpleCaseExpression;
import io.trino.sql.tree.SubqueryExpression;
import io.trino.sql.tree.Trim;
import io.trino.sql.tree.WhenClause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Types one expression as Trino does, and writes it in DuckDB's SQL. What Trino refuses is a
 * {@link QueryFailedException}.
 */
public final class ExpressionTranslator {
    private final Scope scope;
    private final List<Expression> parameters;
    private final BiFunction<Query, Scope, Relation> subqueries;

    /**
     * @param parameters what the query's question marks stand for
     * @param subqueries translates a subquery in the given outer scope
     */
    public ExpressionTranslator(
            Scope scope, List<Expression> parameters, BiFunction<Query, Scope, Relation> subqueries) {
        this.scope = scope;
        this.parameters = parameters;
        this.subqueries = subqueries;
    }

    /** A condition; {@code clause} names it in the message if it isn't one. */
    Typed condition(Expression expression, String clause) {
        Typed typed = translate(expression);
        if (!typed.type().is(Kind.BOOLEAN) && !typed.type().isUnknown()) {
            throw QueryFailedException.at(
                    expression,
                    "TYPE_MISMATCH",
                    clause + " must evaluate to a boolean: actual type "
                            + typed.type().trinoName());
        }
        return typed;
    }

    public Typed translate(Expression node) {
        if (node instanceof Literal literal) {
            return Literals.translate(literal);
        }
        if (node instanceof Identifier identifier) {
            return column(node, List.of(identifier.getValue()));
        }
        if (node instanceof DereferenceExpression dereference) {
            return dereference(dereference);
        }
        if (node instanceof ComparisonExpression comparison) {
            return comparison(comparison);
        }
        if (node instanceof LogicalExpression logical) {
            String separator = " " + logical.getOperator() + " ";
            return bool(logical.getTerms().stream()
                    .map(term -> condition(term, "Logical expression term").sql())
                    .collect(Collectors.joining(separator, "(", ")")));
        }
        if (node instanceof NotExpression not) {
            return bool("(NOT "
                    + condition(not.getValue(), "Value of logical NOT expression")
                            .sql() + ")");
        }
        if (node instanceof IsNullPredicate isNull) {
            return bool("(" + translate(isNull.getValue()).sql() + " IS NULL)");
        }
        if (node instanceof IsNotNullPredicate isNotNull) {
            return bool("(" + translate(isNotNull.getValue()).sql() + " IS NOT NULL)");
        }
        if (node instanceof BetweenPredicate between) {
            return between(between);
        }
        if (node instanceof InPredicate in) {
            return in(in);
        }
        if (node instanceof LikePredicate like) {
            return like(like);
        }
        if (node instanceof FunctionCall call) {
            return new Functions(this).call(call);
        }
        if (node instanceof Cast cast) {
            return Casts.explicit(cast, translate(cast.getExpression()));
        }
        if (node instanceof ArithmeticBinaryExpression arithmetic) {
            return Arithmetic.binary(arithmetic, translate(arithmetic.getLeft()), translate(arithmetic.getRight()));
        }
        if (node instanceof ArithmeticUnaryExpression unary) {
            return Arithmetic.unary(unary, translate(unary.getValue()));
        }
        if (node instanceof Parameter parameter) {
            return parameter(parameter);
        }
        return rarer(node);
    }

    private Typed rarer(Expression node) {
        if (node instanceof CoalesceExpression coalesce) {
            List<Expression> operands = coalesce.getOperands();
            SqlType type = commonType(operands, "All COALESCE operands must be the same type");
            return new Typed(
                    operands.stream()
                            .map(operand -> cast(operand, type))
                            .collect(Collectors.joining(", ", "coalesce(", ")")),
                    type);
        }
        if (node instanceof NullIfExpression nullIf) {
            Typed first = translate(nullIf.getFirst());
            Typed second = translate(nullIf.getSecond());
            if (SqlType.common(first.type(), second.type()) == null) {
                throw QueryFailedException.at(
                        node,
                        "TYPE_MISMATCH",
                        "Types are not comparable with NULLIF: "
                                + first.type().trinoName() + " vs "
                                + second.type().trinoName());
            }
            return new Typed("nullif(" + first.sql() + ", " + second.sql() + ")", first.type());
        }
        if (node instanceof IfExpression condition) {
            List<Expression> results = new ArrayList<>(List.of(condition.getTrueValue()));
            condition.getFalseValue().ifPresent(results::add);
            SqlType type = commonType(results, "Result types for IF must be the same");
            return new Typed(
                    "CASE WHEN "
                            + condition(condition.getCondition(), "IF condition")
                                    .sql() + " THEN "
                            + cast(results.get(0), type)
                            + (results.size() > 1 ? " ELSE " + cast(results.get(1), type) : "") + " END",
                    type);
        }
        if (node instanceof SearchedCaseExpression searched) {
            return cases(
                    null, searched.getWhenClauses(), searched.getDefaultValue().orElse(null));
        }
        if (node instanceof SimpleCaseExpression simple) {
            return cases(
                    simple.getOperand(),
                    simple.getWhenClauses(),
                    simple.getDefaultValue().orElse(null));
        }
        if (node instanceof Row row) {
            List<Typed> items = row.getItems().stream().map(this::translate).toList();
            return new Typed(
                    items.stream().map(Typed::sql).collect(Collectors.joining(", ", "row(", ")")),
                    SqlType.row(items.stream().map(Typed::type).toList()));
        }
        if (node instanceof Array array) {
            SqlType element = commonType(array.getValues(), "All ARRAY elements must be the same type");
            return new Typed(
                    array.getValues().stream()
                            .map(value -> cast(value, element))
                            .collect(Collectors.joining(", ", "[", "]")),
                    SqlType.array(element));
        }
        if (node instanceof Extract extract) {
            return extract(extract);
        }
        if (node instanceof Trim trim) {
            return trim(trim);
        }
        if (node instanceof CurrentTime current) {
            return currentTime(current);
        }
        if (node instanceof AtTimeZone atTimeZone) {
            return atTimeZone(atTimeZone);
        }
        return subquery(node);
    }

    private Typed subquery(Expression node) {
        if (node instanceof SubqueryExpression subquery) {
            Relation relation = subqueries.apply(subquery.getQuery(), scope);
            List<Scope.Field> visible = relation.visible();
            if (visible.size() != 1) {
                throw QueryFailedException.at(
                        node,
                        "NOT_SUPPORTED",
                        "Multiple columns returned by subquery are not yet supported. Found " + visible.size());
            }
            return new Typed("(" + relation.sql() + ")", visible.get(0).type());
        }
        if (node instanceof ExistsPredicate exists && exists.getSubquery() instanceof SubqueryExpression subquery) {
            return bool(
                    "EXISTS (" + subqueries.apply(subquery.getQuery(), scope).sql() + ")");
        }
        if (node instanceof QuantifiedComparisonExpression quantified
                && quantified.getSubquery() instanceof SubqueryExpression subquery) {
            Typed value = translate(quantified.getValue());
            Relation relation = subqueries.apply(subquery.getQuery(), scope);
            requireComparable(
                    node,
                    quantified.getOperator().getValue(),
                    value.type(),
                    relation.visible().get(0).type());
            return bool("(" + value.sql() + " " + quantified.getOperator().getValue() + " "
                    + (quantified.getQuantifier() == QuantifiedComparisonExpression.Quantifier.ALL ? "ALL" : "ANY")
                    + " (" + relation.sql() + "))");
        }
        throw QueryFailedException.at(
                node,
                "NOT_SUPPORTED",
                "This Athena doesn't know the expression " + node.getClass().getSimpleName() + ".");
    }

    static Typed bool(String sql) {
        return new Typed(sql, SqlType.BOOLEAN);
    }

    private Typed dereference(DereferenceExpression node) {
        QualifiedName name = DereferenceExpression.getQualifiedName(node);
        if (name == null) {
            throw QueryFailedException.at(node, "NOT_SUPPORTED", "Fields of rows can't be read by this Athena.");
        }
        return column(
                node, name.getOriginalParts().stream().map(Identifier::getValue).toList());
    }

    /** The condition in SQL, or null if it isn't one over the named fields of this scope that have SQL. */
    @Nullable
    String overKeysOnly(Expression condition) {
        try {
            String sql = condition(condition, "Condition").sql();
            return sql.contains("random()") ? null : sql;
        } catch (QueryFailedException other) {
            return null;
        }
    }

    private Typed column(Expression node, List<String> parts) {
        for (Scope level = scope; level != null; level = level.parent()) {
            List<Scope.Field> found = level.find(parts);
            if (found.size() > 1) {
                throw QueryFailedException.at(
                        node, "AMBIGUOUS_NAME", "Column '" + String.join(".", parts) + "' is ambiguous");
            }
            if (!found.isEmpty() && found.get(0).sql().isEmpty()) {
                throw QueryFailedException.at(node, "NOT_SUPPORTED", "The column isn't a partition key.");
            }
            if (!found.isEmpty()) {
                return new Typed(found.get(0).sql(), found.get(0).type());
            }
        }
        throw QueryFailedException.at(
                node, "COLUMN_NOT_FOUND", "Column '" + String.join(".", parts) + "' cannot be resolved");
    }

    private Typed parameter(Parameter node) {
        if (node.getId() >= parameters.size()) {
            throw QueryFailedException.at(node, "INVALID_PARAMETER_USAGE", "A parameter can't be used here");
        }
        return new ExpressionTranslator(Scope.EMPTY, List.of(), subqueries).translate(parameters.get(node.getId()));
    }

    private Typed comparison(ComparisonExpression node) {
        Typed left = translate(node.getLeft());
        Typed right = translate(node.getRight());
        String operator = node.getOperator().getValue();
        requireComparable(node, operator, left.type(), right.type());
        String compared = left.sql() + " " + operator + " " + right.sql();
        return bool(
                "(" + (isFloating(left) || isFloating(right) ? withNan(compared, left, right, node) : compared) + ")");
    }

    private static boolean isFloating(Typed typed) {
        return typed.type().is(Kind.DOUBLE) || typed.type().is(Kind.REAL);
    }

    /** To DuckDB a NaN is the greatest number and equals itself; to Trino it differs from everything. */
    private static String withNan(String compared, Typed left, Typed right, ComparisonExpression node) {
        String leftIs = "isnan(CAST(" + left.sql() + " AS DOUBLE))";
        String rightIs = "isnan(CAST(" + right.sql() + " AS DOUBLE))";
        return node.getOperator() == ComparisonExpression.Operator.NOT_EQUAL
                ? compared + " OR " + leftIs + " OR " + rightIs
                : compared + " AND NOT " + leftIs + " AND NOT " + rightIs;
    }

    private static void requireComparable(Expression node, String operator, SqlType left, SqlType right) {
        if (SqlType.common(left, right) == null) {
            throw QueryFailedException.at(
                    node,
                    "TYPE_MISMATCH",
                    "Cannot apply operator: " + left.trinoName() + " " + operator + " " + right.trinoName());
        }
    }

    private Typed between(BetweenPredicate node) {
        Typed value = translate(node.getValue());
        Typed min = translate(node.getMin());
        Typed max = translate(node.getMax());
        if (SqlType.common(value.type(), min.type()) == null || SqlType.common(value.type(), max.type()) == null) {
            throw QueryFailedException.at(
                    node,
                    "TYPE_MISMATCH",
                    "Cannot check if " + value.type().trinoName() + " is BETWEEN "
                            + min.type().trinoName() + " and " + max.type().trinoName());
        }
        return bool("(" + value.sql() + " BETWEEN " + min.sql() + " AND " + max.sql() + ")");
    }

    private Typed in(InPredicate node) {
        Typed value = translate(node.getValue());
        if (node.getValueList() instanceof InListExpression list) {
            List<String> items = new ArrayList<>();
            for (Expression item : list.getValues()) {
                Typed typed = translate(item);
                if (SqlType.common(value.type(), typed.type()) == null) {
                    throw QueryFailedException.at(
                            item,
                            "TYPE_MISMATCH",
                            "IN value and list items must be the same type: "
                                    + value.type().trinoName() + " vs "
                                    + typed.type().trinoName());
                }
                items.add(typed.sql());
            }
            return bool("(" + value.sql() + " IN (" + String.join(", ", items) + "))");
        }
        if (node.getValueList() instanceof SubqueryExpression subquery) {
            Relation relation = subqueries.apply(subquery.getQuery(), scope);
            List<SqlType> types =
                    relation.visible().stream().map(Scope.Field::type).toList();
            SqlType found = types.size() == 1 ? types.get(0) : SqlType.row(types);
            if (SqlType.common(value.type(), found) == null) {
                throw QueryFailedException.at(
                        node,
                        "TYPE_MISMATCH",
                        "value and result of subquery must be of the same type for IN expression: "
                                + value.type().trinoName() + " vs " + found.trinoName());
            }
            return bool("(" + value.sql() + " IN (" + relation.sql() + "))");
        }
        throw QueryFailedException.at(node, "NOT_SUPPORTED", "This form of IN isn't known to this Athena.");
    }

    private Typed like(LikePredicate node) {
        Typed value = translate(node.getValue());
        Typed pattern = translate(node.getPattern());
        requireText(node, value, "Left side of LIKE expression");
        requireText(node, pattern, "Pattern for LIKE expression");
        String escape = node.getEscape()
                .map(expression -> " ESCAPE " + translate(expression).sql())
                .orElse("");
        return bool("(" + value.sql() + " LIKE " + pattern.sql() + escape + ")");
    }

    private static void requireText(Expression node, Typed typed, String what) {
        if (!typed.type().isText() && !typed.type().isUnknown()) {
            throw QueryFailedException.at(
                    node,
                    "TYPE_MISMATCH",
                    what + " must evaluate to a varchar (actual: "
                            + typed.type().trinoName() + ")");
        }
    }

    private Typed cases(@Nullable Expression operand, List<WhenClause> clauses, @Nullable Expression otherwise) {
        List<Expression> results =
                new ArrayList<>(clauses.stream().map(WhenClause::getResult).toList());
        if (otherwise != null) {
            results.add(otherwise);
        }
        SqlType type = commonType(results, "All CASE results must be the same type");
        StringBuilder sql = new StringBuilder("CASE");
        for (WhenClause clause : clauses) {
            String when;
            if (operand == null) {
                when = condition(clause.getOperand(), "CASE WHEN clause").sql();
            } else {
                Typed left = translate(operand);
                Typed right = translate(clause.getOperand());
                if (SqlType.common(left.type(), right.type()) == null) {
                    throw QueryFailedException.at(
                            clause.getOperand(),
                            "TYPE_MISMATCH",
                            "CASE operand type does not match WHEN clause operand type: "
                                    + left.type().trinoName() + " vs "
                                    + right.type().trinoName());
                }
                when = left.sql() + " = " + right.sql();
            }
            sql.append(" WHEN ").append(when).append(" THEN ").append(cast(clause.getResult(), type));
        }
        if (otherwise != null) {
            sql.append(" ELSE ").append(cast(otherwise, type));
        }
        return new Typed(sql.append(" END").toString(), type);
    }

    private SqlType commonType(List<Expression> expressions, String message) {
        SqlType common = SqlType.UNKNOWN;
        for (Expression expression : expressions) {
            SqlType type = translate(expression).type();
            SqlType wider = SqlType.common(common, type);
            if (wider == null) {
                throw QueryFailedException.at(
                        expression, "TYPE_MISMATCH", message + ": " + common.trinoName() + " vs " + type.trinoName());
            }
            common = wider;
        }
        return common;
    }

    /** The expression as a value of a type that it's coercible to. */
    private String cast(Expression expression, SqlType type) {
        return Casts.coerce(translate(expression), type);
    }

    private Typed extract(Extract node) {
        Typed value = translate(node.getExpression());
        if (!value.type().isDateTime() && !value.type().is(Kind.TIME)) {
            throw QueryFailedException.at(
                    node, "TYPE_MISMATCH", "Cannot extract from " + value.type().trinoName());
        }
        String field = switch (node.getField()) {
            case DAY_OF_WEEK, DOW -> "isodow";
            case DAY_OF_YEAR, DOY -> "doy";
            case DAY_OF_MONTH -> "day";
            case YEAR_OF_WEEK, YOW -> "isoyear";
            default -> node.getField().toString().toLowerCase(Locale.ROOT);
        };
        return new Typed("extract(" + field + " FROM " + value.sql() + ")", SqlType.BIGINT);
    }

    private Typed trim(Trim node) {
        Typed source = translate(node.getTrimSource());
        String function = switch (node.getSpecification()) {
            case LEADING -> "ltrim";
            case TRAILING -> "rtrim";
            case BOTH -> "trim";
        };
        String characters = node.getTrimCharacter()
                .map(expression -> ", " + translate(expression).sql())
                .orElse("");
        return new Typed(function + "(" + source.sql() + characters + ")", SqlType.VARCHAR);
    }

    private static Typed currentTime(CurrentTime node) {
        return switch (node.getFunction()) {
            case DATE -> new Typed("current_date", SqlType.DATE);
            case TIMESTAMP -> new Typed("date_trunc('milliseconds', now())", SqlType.TIMESTAMP_ZONED);
            case LOCALTIMESTAMP -> new Typed("date_trunc('milliseconds', CAST(now() AS TIMESTAMP))", SqlType.TIMESTAMP);
            default ->
                throw QueryFailedException.at(node, "NOT_SUPPORTED", "The time of day isn't known to this Athena.");
        };
    }

    private Typed atTimeZone(AtTimeZone node) {
        Typed value = translate(node.getValue());
        if (!value.type().is(Kind.TIMESTAMP) && !value.type().is(Kind.TIMESTAMP_ZONED)) {
            throw QueryFailedException.at(
                    node,
                    "TYPE_MISMATCH",
                    "Type of value must be a time or timestamp with or without time zone (actual "
                            + value.type().trinoName() + ")");
        }
        return new Typed("CAST(" + value.sql() + " AS TIMESTAMPTZ)", SqlType.TIMESTAMP_ZONED);
    }

    Scope scope() {
        return scope;
    }

    List<Expression> parameters() {
        return parameters;
    }
}
