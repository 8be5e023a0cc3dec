package io.github.tieredquery.athenalocal.internal.execution;

import io.github.tieredquery.athenalocal.internal.duckdb.Unload;
import io.github.tieredquery.athenalocal.internal.hive.HiveParser;
import io.github.tieredquery.athenalocal.internal.hive.HiveStatement;
import io.github.tieredquery.athenalocal.internal.trino.ExpressionTranslator;
import io.github.tieredquery.athenalocal.internal.trino.Scope;
import io.github.tieredquery.athenalocal.internal.type.MalformedQueryException;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.trino.grammar.sql.SqlBaseLexer;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.CreateView;
import io.trino.sql.tree.DropView;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.Statement;
import io.trino.sql.tree.StringLiteral;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/**
 * A statement that passed the checks that Athena makes when it's started.
 *
 * @param hive set for a statement of Hive's grammar
 * @param trino set for a statement of Trino's
 * @param unload set for an UNLOAD
 * @param failure set if the statement is known to fail once it runs
 */
public record Plan(
        @Nullable HiveStatement hive,
        @Nullable Statement trino,
        @Nullable Unload unload,
        List<Expression> parameters,
        @Nullable QueryFailedException failure,
        String type,
        String subtype) {

    private static final Pattern BLANKS =
            Pattern.compile("\\A(?:\\s+|--[^\\n]*(?:\\n|\\z)|/\\*.*?\\*/)+", Pattern.DOTALL);
    private static final Pattern UNLOAD = Pattern.compile("UNLOAD\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final Pattern HIVE = Pattern.compile(
            "(?:CREATE\\s+(?!(OR\\s+REPLACE\\s+)?VIEW\\b)|DROP\\s+(?!VIEW\\b)|ALTER\\b|MSCK\\b|SHOW\\b|DESC\\b|DESCRIBE\\b).*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /**
     * Parses a statement.
     *
     * @throws MalformedQueryException if Athena refuses it at its start
     */
    public static Plan of(String sql, List<String> parameters) {
        String start = BLANKS.matcher(sql).replaceFirst("");
        if (HIVE.matcher(start).matches()) {
            return hive(sql);
        }
        return trino(sql, parameters);
    }

    private static Plan hive(String sql) {
        try {
            HiveStatement statement = new HiveParser(sql).parse();
            List<String> kinds = statement.kinds();
            return new Plan(statement, null, null, List.of(), null, kinds.get(0), kinds.get(1));
        } catch (QueryFailedException failure) {
            return new Plan(null, null, null, List.of(), failure, "DDL", "");
        }
    }

    private static Plan trino(String sql, List<String> parameters) {
        List<Expression> values = new ArrayList<>();
        for (String parameter : parameters) {
            values.add(parameter(parameter));
        }
        QueryFailedException failure = wrongCount(sql, parameters.size());
        if (UNLOAD.matcher(BLANKS.matcher(sql).replaceFirst("")).lookingAt()) {
            Unload unload = Unload.parse(withoutSemicolon(sql), Plan::query);
            return new Plan(null, null, unload, values, failure, "DML", "UNLOAD");
        }
        Statement statement = parse(sql);
        if (statement instanceof Query) {
            return new Plan(null, statement, null, values, failure, "DML", "SELECT");
        }
        if (statement instanceof CreateView) {
            return new Plan(null, statement, null, values, failure, "DDL", "CREATE_VIEW");
        }
        if (statement instanceof DropView) {
            return new Plan(null, statement, null, values, failure, "DDL", "DROP_VIEW");
        }
        throw new MalformedQueryException("line 1:1: this Athena doesn't know the statement "
                + statement.getClass().getSimpleName());
    }

    private static Statement parse(String sql) {
        try {
            return new SqlParser().createStatement(doubles(withoutSemicolon(sql)));
        } catch (ParsingException malformed) {
            throw new MalformedQueryException(String.valueOf(malformed.getMessage()));
        }
    }

    private static Query query(String sql) {
        if (parse(sql) instanceof Query query) {
            return query;
        }
        throw new MalformedQueryException("line 1:1: UNLOAD needs a query");
    }

    /** Parameters are ignored where the SQL has no place for them; elsewhere their number counts. */
    private static @Nullable QueryFailedException wrongCount(String sql, int parameters) {
        SqlBaseLexer lexer = new SqlBaseLexer(CharStreams.fromString(sql));
        lexer.removeErrorListeners();
        long places = lexer.getAllTokens().stream()
                .filter(token -> token.getText().equals("?"))
                .count();
        return places == 0 || places == parameters
                ? null
                : QueryFailedException.of(
                        "INVALID_PARAMETER_USAGE",
                        "line 1:1: Incorrect number of parameters: expected " + places + " but found " + parameters);
    }

    /** Text that is an expression without columns is one; any other text is a string. */
    private static Expression parameter(String text) {
        try {
            Expression expression = new SqlParser().createExpression(doubles(text));
            new ExpressionTranslator(Scope.EMPTY, List.of(), (query, scope) -> {
                        throw QueryFailedException.of("NOT_SUPPORTED", "A parameter can't be a subquery.");
                    })
                    .translate(expression);
            return expression;
        } catch (ParsingException | QueryFailedException notAnExpression) {
            return new StringLiteral(text);
        }
    }

    /** The SQL without trailing semicolons, comments and blanks; what stands before them keeps its place. */
    static String withoutSemicolon(String sql) {
        String text = sql.stripTrailing();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).stripTrailing();
        }
        return text;
    }

    /** Athena types the bare 1.5 as a double, where Trino's parser can't tell it from a decimal. */
    private static String doubles(String sql) {
        SqlBaseLexer lexer = new SqlBaseLexer(CharStreams.fromString(sql));
        lexer.removeErrorListeners();
        StringBuilder text = new StringBuilder();
        for (Token token : lexer.getAllTokens()) {
            text.append(token.getText());
            if (token.getType() == SqlBaseLexer.DECIMAL_VALUE) {
                text.append("E0");
            }
        }
        return text.toString();
    }

    boolean isDdl() {
        return type.equals("DDL");
    }

    /** How the name of the result file ends. */
    String resultSuffix() {
        return trino instanceof Query ? ".csv" : unload != null ? "" : ".txt";
    }

    /** Whether a failure leaves its reason behind as a result. */
    public boolean isHive() {
        return trino == null && unload == null;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "Plan[%s %s]", type, subtype);
    }
}
