package io.github.tieredquery.jdbc;

import io.github.tieredquery.jdbc.sql.Dialect;
import io.github.tieredquery.jdbc.sql.Dialects;

/** The databases whose SQL a {@link JdbcSource} speaks. */
public enum SqlDialect {
    /** PostgreSQL 12 and later, and what calls itself so. */
    POSTGRESQL;

    Dialect dialect() {
        return switch (this) {
            case POSTGRESQL -> Dialects.POSTGRESQL;
        };
    }
}
