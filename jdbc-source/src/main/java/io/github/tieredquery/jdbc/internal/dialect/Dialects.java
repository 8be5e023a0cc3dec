package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.error.ConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The dialects that there are. */
public final class Dialects {

    /** PostgreSQL. */
    public static final Dialect POSTGRESQL = new PostgreSql();

    /** MariaDB. */
    public static final Dialect MARIADB = new MySql("mariadb");

    /** MySQL. */
    public static final Dialect MYSQL = new MySql("mysql");

    /** H2. */
    public static final Dialect H2 = new H2();

    /** DuckDB. */
    public static final Dialect DUCKDB = new DuckDb();

    /** Trino. */
    public static final Dialect TRINO = new Trino();

    private Dialects() {}

    /**
     * The dialect of the database that a connection leads to.
     *
     * @param connection a connection
     * @return the dialect
     * @throws SQLException if the driver doesn't say what it is connected to
     * @throws ConfigurationException if there is no dialect for it
     */
    public static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mariadb" -> MARIADB;
            // MySQL's driver takes MariaDB for MySQL, but for its version.
            case "mysql" -> connection.getMetaData().getDatabaseProductVersion().contains("MariaDB") ? MARIADB : MYSQL;
            case "h2" -> H2;
            case "duckdb" -> DUCKDB;
            case "trino" -> TRINO;
            default ->
                throw new ConfigurationException("no SQL dialect for the database '" + product
                        + "': name the dialect that it understands with dialect(…)");
        };
    }
}
