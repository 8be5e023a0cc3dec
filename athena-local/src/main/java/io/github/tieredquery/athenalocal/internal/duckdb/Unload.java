package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.type.MalformedQueryException;
import io.github.tieredquery.athenalocal.internal.type.S3Address;
import io.trino.grammar.sql.SqlBaseLexer;
import io.trino.sql.tree.Query;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;

/**
 * {@code UNLOAD (SELECT …) TO 's3://…' WITH (…)}, which Trino's grammar doesn't know.
 *
 * @param target where the files go, with a slash at its end
 * @param parquet whether the files are Parquet rather than text
 * @param delimiter between the fields of text
 * @param partitionedBy the last columns, whose values become directories
 */
public record Unload(
        Query query, String target, boolean parquet, String compression, String delimiter, List<String> partitionedBy) {

    /** How the query between the parentheses is parsed. */
    public interface QueryParser {
        public Query parse(String sql);
    }

    public static Unload parse(String sql, QueryParser queries) {
        SqlBaseLexer lexer = new SqlBaseLexer(CharStreams.fromString(sql));
        lexer.removeErrorListeners();
        List<Token> tokens = new ArrayList<>();
        for (Token token : lexer.getAllTokens()) {
            if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                tokens.add(token);
            }
        }
        int close = closing(tokens, 1);
        // The lexer counts code points.
        String inner = sql.substring(
                sql.offsetByCodePoints(0, tokens.get(1).getStopIndex() + 1),
                sql.offsetByCodePoints(0, tokens.get(close).getStartIndex()));
        int at = close + 1;
        expect(tokens, at++, "TO");
        String target = string(tokens, at++);
        if (S3Address.parse(target) == null) {
            throw new MalformedQueryException("UNLOAD needs an S3 location, not " + target);
        }
        expect(tokens, at++, "WITH");
        Map<String, List<String>> options = options(tokens, at);
        return of(queries.parse(inner), target, options);
    }

    private static Unload of(Query query, String target, Map<String, List<String>> options) {
        String format = one(options, "format", "").toUpperCase(Locale.ROOT);
        if (!format.equals("PARQUET") && !format.equals("TEXTFILE")) {
            throw new MalformedQueryException("This Athena unloads to PARQUET and TEXTFILE, not to '" + format + "'");
        }
        return new Unload(
                query,
                target.endsWith("/") ? target : target + "/",
                format.equals("PARQUET"),
                one(options, "compression", "GZIP").toUpperCase(Locale.ROOT),
                one(options, "field_delimiter", "\u0001"),
                options.getOrDefault("partitioned_by", List.of()));
    }

    private static String one(Map<String, List<String>> options, String name, String otherwise) {
        List<String> values = options.getOrDefault(name, List.of());
        return values.isEmpty() ? otherwise : values.get(0);
    }

    private static int closing(List<Token> tokens, int open) {
        expect(tokens, open, "(");
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += tokens.get(i).getText().equals("(")
                    ? 1
                    : tokens.get(i).getText().equals(")") ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw unexpected(tokens, tokens.size(), "')'");
    }

    private static Map<String, List<String>> options(List<Token> tokens, int open) {
        int close = closing(tokens, open);
        if (close != tokens.size() - 1) {
            throw unexpected(tokens, close + 1, "<EOF>");
        }
        Map<String, List<String>> options = new LinkedHashMap<>();
        int at = open + 1;
        while (at < close) {
            List<String> values = new ArrayList<>();
            options.put(tokens.get(at++).getText().toLowerCase(Locale.ROOT), values);
            expect(tokens, at++, "=");
            while (at < close && !(tokens.get(at).getText().equals(",") && !inArray(tokens, open, at))) {
                String text = tokens.get(at).getText();
                if (text.startsWith("'")) {
                    values.add(string(tokens, at));
                }
                at++;
            }
            at++;
        }
        return options;
    }

    private static boolean inArray(List<Token> tokens, int open, int at) {
        int depth = 0;
        for (int i = open; i < at; i++) {
            depth += tokens.get(i).getText().equals("[")
                    ? 1
                    : tokens.get(i).getText().equals("]") ? -1 : 0;
        }
        return depth > 0;
    }

    private static void expect(List<Token> tokens, int at, String text) {
        if (at >= tokens.size() || !tokens.get(at).getText().equalsIgnoreCase(text)) {
            throw unexpected(tokens, at, "'" + text + "'");
        }
    }

    private static String string(List<Token> tokens, int at) {
        if (at >= tokens.size() || !tokens.get(at).getText().startsWith("'")) {
            throw unexpected(tokens, at, "a string");
        }
        String text = tokens.get(at).getText();
        return text.substring(1, text.length() - 1).replace("''", "'");
    }

    private static MalformedQueryException unexpected(List<Token> tokens, int at, String expected) {
        Token token = tokens.get(Math.min(at, tokens.size() - 1));
        String found = at < tokens.size() ? token.getText() : "<EOF>";
        return new MalformedQueryException("line " + token.getLine() + ":" + (token.getCharPositionInLine() + 1)
                + ": mismatched input '" + found + "'. Expecting: " + expected);
    }
}
