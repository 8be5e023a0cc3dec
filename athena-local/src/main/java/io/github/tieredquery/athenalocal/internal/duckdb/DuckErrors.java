package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells DuckDB's errors in Trino's words. */
public final class DuckErrors {
    private static final Pattern OWN = Pattern.compile("(?s).*?\\b([A-Z]+_[A-Z_]+: .*)");

    private static final Pattern DECIMAL_OVERFLOW =
            Pattern.compile("Out of Range Error: Overflow in (SUM of DECIMAL|HUGEINT|\\w+ of DECIMAL)");

    private DuckErrors() {}

    public static QueryFailedException translate(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        String first = message.lines().findFirst().orElse("");
        Matcher own = OWN.matcher(first);
        if (own.matches()) {
            String text = own.group(1);
            int colon = text.indexOf(':');
            return QueryFailedException.of(text.substring(0, colon), text.substring(colon + 2));
        }
        if (first.startsWith("Conversion Error")) {
            return QueryFailedException.of("INVALID_CAST_ARGUMENT", afterColon(first));
        }
        if (DECIMAL_OVERFLOW.matcher(first).lookingAt()) {
            return QueryFailedException.of("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow");
        }
        if (first.startsWith("Out of Range Error")) {
            return QueryFailedException.of("NUMERIC_VALUE_OUT_OF_RANGE", afterColon(first));
        }
        if (first.contains("must appear in the GROUP BY clause")) {
            return QueryFailedException.of("EXPRESSION_NOT_AGGREGATE", afterColon(first));
        }
        if (first.startsWith("Out of Memory Error")) {
            return new QueryFailedException(
                    2, 1, "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded its memory: " + afterColon(first), false);
        }
        return new QueryFailedException(1, 200, "GENERIC_INTERNAL_ERROR: " + first, false);
    }

    private static String afterColon(String text) {
        return text.substring(text.indexOf(':') + 1).trim();
    }
}
