package io.github.tieredquery.jdbc;

import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.Dialects;

/** The databases whose SQL a {@link JdbcSource} speaks. */
public enum SqlDialect {
    /** PostgreSQL 12 and later, and what calls itself so. */
    POSTGRESQL,
    /** MariaDB 10.6 and later. */
    MARIADB,
    /** MySQL 8 and later. */
    MYSQL,
    /** H2 2. */
    H2,
    /** DuckDB. Connections stream if they were made with {@code jdbc_stream_results=true}. */
    DUCKDB,
    /** Trino. */
    TRINO;

    Dialect dialect() {
        return switch (this) {
            case POSTGRESQL -> Dialects.POSTGRESQL;
            case MARIADB -> Dialects.MARIADB;
            case MYSQL -> Dialects.MYSQL;
            case H2 -> Dialects.H2;
            case DUCKDB -> Dialects.DUCKDB;
            case TRINO -> Dialects.TRINO;
        };
    }
}
