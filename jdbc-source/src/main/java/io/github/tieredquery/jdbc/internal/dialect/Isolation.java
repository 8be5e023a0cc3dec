package io.github.tieredquery.jdbc.internal.dialect;

/** What a transaction sees of others. */
public enum Isolation {
    /** Each statement sees what was committed before it. */
    READ_COMMITTED("READ COMMITTED"),

    /** All statements see what was committed before the first. */
    REPEATABLE_READ("REPEATABLE READ");

    private final String sql;

    Isolation(String sql) {
        this.sql = sql;
    }

    /** What stands behind {@code ISOLATION LEVEL}. */
    String sql() {
        return sql;
    }
}
