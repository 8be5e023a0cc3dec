package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.github.tieredquery.athenalocal.internal.type.SqlType.Kind;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FrameBound;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.SortItem;
import io.trino.sql.tree.Window;
import io.trino.sql.tree.WindowFrame;
import io.trino.sql.tree.WindowSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The functions of Trino's that this Athena knows, each with the arguments that it takes. */
final class Functions {
    private static final Predicate<SqlType> TEXT = SqlType::isText;
    private static final Predicate<SqlType> INTEGER = SqlType::isInteger;
    private static final Predicate<SqlType> NUMBER = SqlType::isNumeric;
    private static final Predicate<SqlType> BINARY = SqlType::isBinary;
    private static final Predicate<SqlType> TIME = SqlType::isDateTime;
    private static final Predicate<SqlType> BOOLEAN = SqlType::isBoolean;
    private static final Predicate<SqlType> ANY = SqlType::isAny;

    private final ExpressionTranslator expressions;

    Functions(ExpressionTranslator expressions) {
        this.expressions = expressions;
    }

    Typed call(FunctionCall call) {
        String name = call.getName().getSuffix().toLowerCase(Locale.ROOT);
        List<Typed> arguments =
                call.getArguments().stream().map(expressions::translate).toList();
        Call context = new Call(call, name, arguments);
        Typed aggregate = aggregate(context);
        if (aggregate == null) {
            aggregate = ranking(context);
        }
        if (aggregate != null) {
            return decorated(call, aggregate);
        }
        Typed scalar = text(context);
        if (scalar == null) {
            scalar = number(context);
        }
        if (scalar == null) {
            scalar = time(context);
        }
        if (scalar == null) {
            throw QueryFailedException.at(call, "FUNCTION_NOT_FOUND", "Function '" + name + "' not registered");
        }
        return scalar;
    }

    /** A function with its translated arguments. */
    private record Call(FunctionCall node, String name, List<Typed> arguments) {
        int count() {
            return arguments.size();
        }

        String sql(int i) {
            return arguments.get(i).sql();
        }

        SqlType type(int i) {
            return arguments.get(i).type();
        }

        String all() {
            return arguments.stream().map(Typed::sql).collect(Collectors.joining(", "));
        }

        /** Refuses arguments of other types; the optional ones begin at {@code required}. */
        @SafeVarargs
        final Call takes(int required, Predicate<SqlType>... types) {
            boolean fits = arguments.size() >= required && arguments.size() <= types.length;
            for (int i = 0; fits && i < arguments.size(); i++) {
                fits = type(i).isUnknown() || types[i].test(type(i));
            }
            if (!fits) {
                throw unexpected();
            }
            return this;
        }

        QueryFailedException unexpected() {
            String given = arguments.stream()
                    .map(argument -> argument.type().trinoName())
                    .collect(Collectors.joining(", "));
            return QueryFailedException.at(
                    node, "FUNCTION_NOT_FOUND", "Unexpected parameters (" + given + ") for function " + name + ".");
        }

        Typed as(String function, SqlType type) {
            return new Typed(function + "(" + all() + ")", type);
        }

        Typed castAs(String function, SqlType type) {
            return new Typed("CAST(" + function + "(" + all() + ") AS " + type.duckName() + ")", type);
        }
    }

    private static @Nullable Typed aggregate(Call call) {
        String distinct = call.node().isDistinct() ? "DISTINCT " : "";
        switch (call.name()) {
            case "count" -> {
                call.takes(0, ANY);
                return new Typed(
                        call.count() == 0 ? "count(*)" : "count(" + distinct + call.all() + ")", SqlType.BIGINT);
            }
            case "sum" -> {
                call.takes(1, NUMBER);
                SqlType type = call.type(0);
                SqlType sum = type.isInteger()
                        ? SqlType.BIGINT
                        : type.is(Kind.DECIMAL) ? SqlType.decimal(38, type.scale()) : type;
                return new Typed("sum(" + distinct + call.all() + ")", sum);
            }
            case "avg" -> {
                call.takes(1, NUMBER);
                SqlType type = call.type(0).isInteger() ? SqlType.DOUBLE : call.type(0);
                return new Typed("avg(" + distinct + call.all() + ")", type);
            }
            case "min", "max", "any_value", "arbitrary" -> {
                call.takes(1, ANY);
                String name = call.name().equals("arbitrary") ? "any_value" : call.name();
                return new Typed(name + "(" + call.all() + ")", call.type(0));
            }
            case "min_by", "max_by" -> {
                call.takes(2, ANY, ANY);
                return new Typed("arg_" + call.name().substring(0, 3) + "_null(" + call.all() + ")", call.type(0));
            }
            case "count_if" -> {
                return call.takes(1, BOOLEAN).as("count_if", SqlType.BIGINT);
            }
            case "approx_distinct" -> {
                call.takes(1, ANY);
                return new Typed("approx_count_distinct(" + call.all() + ")", SqlType.BIGINT);
            }
            case "bool_and", "every", "bool_or" -> {
                call.takes(1, BOOLEAN);
                String name = call.name().equals("every") ? "bool_and" : call.name();
                return new Typed(name + "(" + call.all() + ")", SqlType.BOOLEAN);
            }
            case "array_agg" -> {
                call.takes(1, ANY);
                return new Typed("list(" + distinct + call.all() + ")", SqlType.array(call.type(0)));
            }
            default -> {
                return null;
            }
        }
    }

    private static @Nullable Typed ranking(Call call) {
        switch (call.name()) {
            case "row_number", "rank", "dense_rank" -> {
                return call.takes(0).as(call.name(), SqlType.BIGINT);
            }
            case "ntile" -> {
                return call.takes(1, INTEGER).as("ntile", SqlType.BIGINT);
            }
            case "lag", "lead" -> {
                return call.takes(1, ANY, INTEGER, ANY).as(call.name(), call.type(0));
            }
            case "first_value", "last_value" -> {
                return call.takes(1, ANY).as(call.name(), call.type(0));
            }
            default -> {
                return null;
            }
        }
    }

    /** Adds FILTER, ORDER BY and OVER, and the cast to the type that Trino gives. */
    private Typed decorated(FunctionCall call, Typed plain) {
        StringBuilder sql = new StringBuilder(plain.sql());
        call.getOrderBy().ifPresent(orderBy -> {
            sql.setLength(sql.length() - 1);
            sql.append(' ').append(orderBy(orderBy.getSortItems())).append(')');
        });
        call.getFilter()
                .ifPresent(filter -> sql.append(" FILTER (WHERE ")
                        .append(expressions.condition(filter, "FILTER clause").sql())
                        .append(')'));
        call.getWindow().ifPresent(window -> sql.append(" OVER ").append(over(window)));
        boolean widened = plain.sql().startsWith("sum(") || plain.sql().startsWith("avg(");
        return widened
                ? new Typed("CAST(" + sql + " AS " + plain.type().duckName() + ")", plain.type())
                : new Typed(sql.toString(), plain.type());
    }

    String orderBy(List<SortItem> items) {
        return items.stream()
                .map(item -> expressions.translate(item.getSortKey()).sql() + direction(item))
                .collect(Collectors.joining(", ", "ORDER BY ", ""));
    }

    /** Nulls are last in either direction, unless the query says otherwise. */
    static String direction(SortItem item) {
        return (item.getOrdering() == SortItem.Ordering.DESCENDING ? " DESC" : " ASC")
                + (item.getNullOrdering() == SortItem.NullOrdering.FIRST ? " NULLS FIRST" : " NULLS LAST");
    }

    private String over(Window window) {
        if (!(window instanceof WindowSpecification specification)
                || specification.getExistingWindowName().isPresent()) {
            throw QueryFailedException.of("NOT_SUPPORTED", "Named windows aren't known to this Athena.");
        }
        List<String> parts = new ArrayList<>();
        if (!specification.getPartitionBy().isEmpty()) {
            parts.add(specification.getPartitionBy().stream()
                    .map(expression -> expressions.translate(expression).sql())
                    .collect(Collectors.joining(", ", "PARTITION BY ", "")));
        }
        specification.getOrderBy().ifPresent(orderBy -> parts.add(orderBy(orderBy.getSortItems())));
        specification.getFrame().ifPresent(frame -> parts.add(frame(frame)));
        return "(" + String.join(" ", parts) + ")";
    }

    private String frame(WindowFrame frame) {
        String start = bound(frame.getStart());
        return frame.getEnd()
                .map(end -> frame.getType() + " BETWEEN " + start + " AND " + bound(end))
                .orElse(frame.getType() + " " + start);
    }

    private String bound(FrameBound bound) {
        String value = bound.getValue()
                .map(expression -> expressions.translate(expression).sql())
                .orElse("");
        return switch (bound.getType()) {
            case UNBOUNDED_PRECEDING -> "UNBOUNDED PRECEDING";
            case UNBOUNDED_FOLLOWING -> "UNBOUNDED FOLLOWING";
            case CURRENT_ROW -> "CURRENT ROW";
            case PRECEDING -> value + " PRECEDING";
            case FOLLOWING -> value + " FOLLOWING";
        };
    }

    private static @Nullable Typed text(Call call) {
        return switch (call.name()) {
            case "length" -> length(call);
            case "lower", "upper", "reverse" -> call.takes(1, TEXT).as(call.name(), SqlType.VARCHAR);
            case "trim", "ltrim", "rtrim" -> call.takes(1, TEXT, TEXT).as(call.name(), SqlType.VARCHAR);
            case "substr", "substring" -> substring(call.takes(2, TEXT, INTEGER, INTEGER));
            case "strpos" -> call.takes(2, TEXT, TEXT).as("strpos", SqlType.BIGINT);
            case "starts_with" -> call.takes(2, TEXT, TEXT).as("starts_with", SqlType.BOOLEAN);
            case "concat" -> concat(call);
            case "replace" -> {
                call.takes(2, TEXT, TEXT, TEXT);
                yield new Typed("replace(" + call.all() + (call.count() == 2 ? ", ''" : "") + ")", SqlType.VARCHAR);
            }
            case "lpad", "rpad" -> call.takes(3, TEXT, INTEGER, TEXT).as(call.name(), SqlType.VARCHAR);
            case "split_part" -> call.takes(3, TEXT, TEXT, INTEGER).as("split_part", SqlType.VARCHAR);
            case "chr" -> call.takes(1, INTEGER).castAs("chr", SqlType.VARCHAR);
            case "codepoint" -> call.takes(1, TEXT).as("unicode", SqlType.INTEGER);
            case "to_hex" -> call.takes(1, BINARY).as("hex", SqlType.VARCHAR);
            case "from_hex" -> call.takes(1, TEXT).as("from_hex", SqlType.VARBINARY);
            case "to_utf8" -> call.takes(1, TEXT).as("encode", SqlType.VARBINARY);
            case "from_utf8" -> call.takes(1, BINARY).as("decode", SqlType.VARCHAR);
            case "to_base64" -> call.takes(1, BINARY).as("to_base64", SqlType.VARCHAR);
            case "from_base64" -> call.takes(1, TEXT).as("from_base64", SqlType.VARBINARY);
            case "md5", "sha1", "sha256" -> {
                call.takes(1, BINARY);
                yield new Typed("from_hex(" + call.name() + "(" + call.all() + "))", SqlType.VARBINARY);
            }
            case "regexp_like" -> call.takes(2, TEXT, TEXT).as("regexp_matches", SqlType.BOOLEAN);
            case "regexp_extract" -> {
                call.takes(2, TEXT, TEXT, INTEGER);
                yield new Typed(
                        "CASE WHEN regexp_matches(" + call.sql(0) + ", " + call.sql(1) + ") THEN regexp_extract("
                                + call.all() + ") END",
                        SqlType.VARCHAR);
            }
            case "regexp_replace" -> {
                call.takes(2, TEXT, TEXT, TEXT);
                yield new Typed(
                        "regexp_replace(" + call.all() + (call.count() == 2 ? ", ''" : "") + ", 'g')", SqlType.VARCHAR);
            }
            case "typeof" -> {
                call.takes(1, ANY);
                yield new Typed(Literals.quote(call.type(0).trinoName()), SqlType.VARCHAR);
            }
            default -> null;
        };
    }

    private static Typed length(Call call) {
        call.takes(1, TEXT.or(BINARY));
        return call.as(call.type(0).is(Kind.VARBINARY) ? "octet_length" : "length", SqlType.BIGINT);
    }

    private static Typed concat(Call call) {
        if (call.count() < 2) {
            throw call.unexpected();
        }
        SqlType first = call.type(0);
        for (Typed argument : call.arguments()) {
            boolean fits = argument.type().isText() || argument.type().is(Kind.VARBINARY);
            if (!argument.type().isUnknown() && (!fits || SqlType.common(first, argument.type()) == null)) {
                throw call.unexpected();
            }
        }
        return new Typed(
                call.arguments().stream().map(Typed::sql).collect(Collectors.joining(" || ", "(", ")")),
                first.is(Kind.VARBINARY) ? first : SqlType.VARCHAR);
    }

    private static Typed substring(Call call) {
        Expression start = call.node().getArguments().get(1);
        boolean plain = start instanceof LongLiteral literal && literal.getParsedValue() > 0;
        String sql = "substr(" + call.all() + ")";
        return new Typed(
                plain ? sql : "CASE WHEN " + call.sql(1) + " = 0 THEN '' ELSE " + sql + " END", SqlType.VARCHAR);
    }

    private static @Nullable Typed number(Call call) {
        return switch (call.name()) {
            case "abs" -> call.takes(1, NUMBER).castAs("abs", call.type(0));
            case "ceil", "ceiling", "floor" -> {
                call.takes(1, NUMBER);
                SqlType type = call.type(0);
                SqlType result = type.is(Kind.DECIMAL) ? SqlType.decimal(type.precision(), 0) : type;
                yield call.castAs(call.name(), result);
            }
            case "round" -> call.takes(1, NUMBER, INTEGER).castAs("round", call.type(0));
            case "truncate" -> call.takes(1, NUMBER).castAs("trunc", call.type(0));
            case "sign" -> call.takes(1, NUMBER).castAs("sign", call.type(0));
            case "mod" -> {
                call.takes(2, NUMBER, NUMBER);
                SqlType type = SqlType.arithmetic('%', call.type(0), call.type(1));
                yield new Typed(
                        "CAST((" + call.sql(0) + " % al_divisor(" + call.sql(1) + ")) AS " + type.duckName() + ")",
                        type);
            }
            case "power", "pow" -> call.takes(2, NUMBER, NUMBER).castAs("power", SqlType.DOUBLE);
            case "sqrt", "ln", "exp" -> call.takes(1, NUMBER).castAs(call.name(), SqlType.DOUBLE);
            case "is_nan" -> call.takes(1, NUMBER).as("isnan", SqlType.BOOLEAN);
            case "nan" -> {
                call.takes(0);
                yield new Typed("CAST('NaN' AS DOUBLE)", SqlType.DOUBLE);
            }
            case "greatest", "least" -> extreme(call);
            case "random", "rand" -> call.takes(0).as("random", SqlType.DOUBLE);
            default -> null;
        };
    }

    /** The greatest or least of its arguments, NULL if any is NULL. */
    private static Typed extreme(Call call) {
        SqlType common = SqlType.UNKNOWN;
        for (Typed argument : call.arguments()) {
            SqlType wider = SqlType.common(common, argument.type());
            if (wider == null) {
                throw call.unexpected();
            }
            common = wider;
        }
        String anyNull = call.arguments().stream()
                .map(argument -> argument.sql() + " IS NULL")
                .collect(Collectors.joining(" OR "));
        return new Typed(
                "CASE WHEN " + anyNull + " THEN NULL ELSE " + call.name() + "(" + call.all() + ") END", common);
    }

    private static @Nullable Typed time(Call call) {
        return switch (call.name()) {
            case "now" -> new Typed("date_trunc('milliseconds', now())", SqlType.TIMESTAMP_ZONED);
            case "date" -> {
                call.takes(1, TIME.or(TEXT));
                yield new Typed("CAST(" + call.sql(0) + " AS DATE)", SqlType.DATE);
            }
            case "date_trunc" -> call.takes(2, TEXT, TIME).castAs("date_trunc", call.type(1));
            case "date_add" -> {
                call.takes(3, TEXT, INTEGER, TIME);
                SqlType type = call.type(2);
                yield new Typed(
                        "CAST((" + call.sql(2) + " + al_interval(" + call.sql(0) + ", al_int(" + call.sql(1) + "))) AS "
                                + type.duckName() + ")",
                        type);
            }
            case "date_diff" -> call.takes(3, TEXT, TIME, TIME).as("date_sub", SqlType.BIGINT);
            case "year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond" -> {
                call.takes(1, TIME);
                String sql = call.name().equals("millisecond")
                        ? "(extract(millisecond FROM " + call.sql(0) + ") % 1000)"
                        : "extract(" + call.name() + " FROM " + call.sql(0) + ")";
                yield new Typed(sql, SqlType.BIGINT);
            }
            case "day_of_week", "dow" -> call.takes(1, TIME).as("isodow", SqlType.BIGINT);
            case "day_of_month" -> call.takes(1, TIME).as("day", SqlType.BIGINT);
            case "day_of_year", "doy" -> call.takes(1, TIME).as("dayofyear", SqlType.BIGINT);
            case "from_unixtime" -> {
                call.takes(1, NUMBER);
                // A double of today has microseconds, and Trino rounds them away.
                yield new Typed(
                        "make_timestamptz(CAST(al_round(CAST(" + call.sql(0) + " AS DOUBLE) * 1000) AS BIGINT) * 1000)",
                        SqlType.TIMESTAMP_ZONED);
            }
            case "to_unixtime" -> {
                call.takes(1, TIME);
                yield new Typed("epoch(CAST(" + call.sql(0) + " AS TIMESTAMPTZ))", SqlType.DOUBLE);
            }
            case "from_iso8601_date" -> {
                call.takes(1, TEXT);
                yield new Typed("CAST(" + call.sql(0) + " AS DATE)", SqlType.DATE);
            }
            case "from_iso8601_timestamp" -> {
                call.takes(1, TEXT);
                yield new Typed("CAST(" + call.sql(0) + " AS TIMESTAMPTZ)", SqlType.TIMESTAMP_ZONED);
            }
            case "date_format" -> {
                call.takes(2, TIME, TEXT);
                // Also %f knows no more than milliseconds.
                yield new Typed(
                        "strftime(date_trunc('milliseconds', CAST(" + call.sql(0) + " AS TIMESTAMP)), al_mysql_format("
                                + call.sql(1) + "))",
                        SqlType.VARCHAR);
            }
            case "date_parse" -> {
                call.takes(2, TEXT, TEXT);
                yield new Typed(
                        "strptime(" + call.sql(0) + ", al_mysql_format(" + call.sql(1) + "))", SqlType.TIMESTAMP);
            }
            default -> null;
        };
    }
}
