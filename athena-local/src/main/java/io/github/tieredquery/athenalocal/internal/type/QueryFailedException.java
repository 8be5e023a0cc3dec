package io.github.tieredquery.athenalocal.internal.type;

import io.trino.sql.tree.Node;
import java.util.Locale;

/** A statement that Athena accepts at its start and that fails afterwards. */
public final class QueryFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int category;
    private final int type;
    private final boolean retryable;

    public QueryFailedException(int category, int type, String reason, boolean retryable) {
        super(reason);
        this.category = category;
        this.type = type;
        this.retryable = retryable;
    }

    /** An error of the user's, with Trino's name for it. */
    public static QueryFailedException of(String code, String message) {
        return new QueryFailedException(2, errorType(code), code + ": " + message, false);
    }

    /** An error of the user's at a place in the SQL. */
    public static QueryFailedException at(Node node, String code, String message) {
        String place = node.getLocation()
                .map(location -> String.format(
                        Locale.ROOT, "line %d:%d: ", location.getLineNumber(), location.getColumnNumber()))
                .orElse("");
        return of(code, place + message);
    }

    /** A failed DDL statement. */
    public static QueryFailedException hive(int type, String reason) {
        return new QueryFailedException(type == 1003 ? 1 : 2, type, reason, false);
    }

    private static int errorType(String code) {
        return switch (code) {
            case "TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND" -> 1301;
            case "COLUMN_NOT_FOUND", "AMBIGUOUS_NAME", "CATALOG_NOT_FOUND", "SYNTAX_ERROR" -> 1006;
            case "TYPE_MISMATCH" -> 1002;
            case "DIVISION_BY_ZERO" -> 1001;
            case "INVALID_CAST_ARGUMENT", "TABLE_ALREADY_EXISTS" -> code.startsWith("T") ? 1110 : 1100;
            case "FUNCTION_NOT_FOUND" -> 1303;
            case "NOT_SUPPORTED" -> 1200;
            default -> 1000;
        };
    }

    public int category() {
        return category;
    }

    public int type() {
        return type;
    }

    public boolean retryable() {
        return retryable;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
