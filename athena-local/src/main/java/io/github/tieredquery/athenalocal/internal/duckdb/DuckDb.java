package io.github.tieredquery.athenalocal.internal.duckdb;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/**
 * The DuckDB database behind the queries, with the macros that lend it Trino's semantics. It is in memory, where
 * nothing waits for a disk, and writes to a directory what doesn't fit. Thread-safe.
 */
public final class DuckDb implements AutoCloseable {
    private static final List<String> MACROS = List.of(
            // Trino fails on a zero divisor, where DuckDB gives NULL.
            "al_divisor(x) AS CASE WHEN x = 0 THEN error('DIVISION_BY_ZERO: Division by zero') ELSE x END",
            "al_round(x) AS CASE WHEN x < 0 THEN -floor(0.5::DOUBLE - x) ELSE floor(x + 0.5::DOUBLE) END",
            "al_round_millis(t) AS t + to_microseconds(CASE WHEN (epoch_us(t) % 1000 + 1000) % 1000 >= 500"
                    + " THEN 1000 ELSE 0 END - (epoch_us(t) % 1000 + 1000) % 1000)",
            "al_fraction(s) AS split_part(s, '.', 2)",
            // The digits of a plain decimal without the zeros around them.
            "al_digits(s) AS CASE WHEN s LIKE '0.%' THEN ltrim(al_fraction(s), '0')"
                    + " ELSE rtrim(replace(s, '.', ''), '0') END",
            "al_exponent(s) AS CASE WHEN s LIKE '0.%'"
                    + " THEN length(ltrim(al_fraction(s), '0')) - length(al_fraction(s)) - 1"
                    + " ELSE length(split_part(s, '.', 1)) - 1 END",
            "al_mantissa(d) AS substr(d, 1, 1) || '.' || CASE WHEN length(d) > 1 THEN substr(d, 2) ELSE '0' END",
            // A lambda's parameter is computed once, a macro's wherever it stands, which takes long to plan.
            "al_with_exponent(t) AS list_transform([t], lambda s: CASE WHEN s LIKE '%e%'"
                    + " THEN CASE WHEN s LIKE '%.%' THEN split_part(s, 'e', 1)"
                    + " ELSE split_part(s, 'e', 1) || '.0' END || 'E' || CAST(split_part(s, 'e', 2) AS INTEGER)"
                    + " ELSE list_transform([al_digits(s)], lambda d: al_mantissa(d))[1] || 'E' || al_exponent(s)"
                    + " END)[1]",
            "al_special(x) AS CASE WHEN isnan(x) THEN 'NaN' WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END",
            "al_sign(x) AS CASE WHEN x < 0 THEN '-' ELSE '' END",
            // The text of Java's Double.toString.
            "al_double_text(x) AS CASE WHEN x IS NULL THEN NULL WHEN NOT isfinite(x) THEN al_special(x)"
                    + " WHEN x = 0 OR (abs(x) >= 0.001 AND abs(x) < 10000000) THEN CAST(x AS VARCHAR)"
                    + " ELSE al_sign(x) || al_with_exponent(CAST(abs(x) AS VARCHAR)) END",
            // The text of a cast from double to varchar.
            "al_scientific(x) AS CASE WHEN x IS NULL THEN NULL WHEN NOT isfinite(x) THEN al_special(x)"
                    + " WHEN x = 0 THEN replace(CAST(x AS VARCHAR), '0.0', '0E0')"
                    + " ELSE al_sign(x) || al_with_exponent(CAST(abs(x) AS VARCHAR)) END",
            "al_binary_text(b) AS rtrim(regexp_replace(lower(hex(b)), '(..)', '\\1 ', 'g'))",
            "al_bad_cast(x, t) AS error('INVALID_CAST_ARGUMENT: Cannot cast ''' || x || ''' to ' || t)",
            "al_is_integer(x) AS regexp_full_match(x, '[+-]?[0-9]+')",
            "al_int(n) AS CASE WHEN n < -2147483648 OR n > 2147483647"
                    + " THEN error('INVALID_FUNCTION_ARGUMENT: integer overflow') ELSE n END",
            "al_interval(unit, n) AS CASE lower(unit) WHEN 'millisecond' THEN to_milliseconds(n)"
                    + " WHEN 'second' THEN to_seconds(n) WHEN 'minute' THEN to_minutes(n)"
                    + " WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(CAST(n AS INTEGER))"
                    + " WHEN 'week' THEN to_weeks(CAST(n AS INTEGER)) WHEN 'month' THEN to_months(CAST(n AS INTEGER))"
                    + " WHEN 'quarter' THEN to_months(CAST(3 * n AS INTEGER))"
                    + " WHEN 'year' THEN to_years(CAST(n AS INTEGER)) END",
            "al_mysql_format(f) AS replace(replace(replace(replace(replace(replace(replace(f, '%i', '%M'),"
                    + " '%s', '%S'), '%e', '%-d'), '%c', '%-m'), '%k', '%-H'), '%T', '%H:%M:%S'), '%W', '%A')",
            "al_bad_partition(v, t, k) AS error('HIVE_INVALID_PARTITION_VALUE: Invalid partition value ''' || v"
                    + " || ''' for ' || t || ' partition key: ' || k)",
            "al_bad_data(v, t) AS error('HIVE_BAD_DATA: Error reading field value: Cannot read ''' || v || ''' as '"
                    + " || t)");

    private final DuckDBConnection root;

    public DuckDb(Path directory, long memoryLimitBytes, int threads) {
        try {
            Properties properties = new Properties();
            properties.setProperty("memory_limit", memoryLimitBytes / 1024 + "KiB");
            properties.setProperty("threads", Integer.toString(threads));
            properties.setProperty("temp_directory", directory.resolve("spill").toString());
            properties.setProperty("preserve_insertion_order", "false");
            root = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties);
            try (Statement statement = root.createStatement()) {
                statement.execute("SET GLOBAL TimeZone = 'UTC'");
                for (String macro : MACROS) {
                    statement.execute("CREATE MACRO " + macro);
                }
                for (String type : List.of("tinyint", "smallint", "integer", "bigint")) {
                    String cast = "CASE WHEN x IS NULL THEN NULL WHEN al_is_integer(x) AND TRY_CAST(x AS " + type
                            + ") IS NOT NULL THEN CAST(x AS " + type + ")";
                    statement.execute("CREATE MACRO al_text_to_" + type + "(x) AS " + cast
                            + " ELSE al_bad_cast(x, '"
                            + (type.equals("integer") ? "INT" : type.toUpperCase(Locale.ROOT))
                            + "') END");
                    statement.execute("CREATE MACRO al_try_text_to_" + type + "(x) AS " + cast + " END");
                }
            }
        } catch (SQLException failure) {
            throw new IllegalStateException("DuckDB doesn't start: " + failure.getMessage(), failure);
        }
    }

    /** A connection for one query, with temporary tables of its own. The caller closes it. */
    public Connection connect() throws SQLException {
        return root.duplicate();
    }

    @Override
    public void close() {
        try {
            root.close();
        } catch (SQLException failure) {
            throw new IllegalStateException("DuckDB doesn't stop: " + failure.getMessage(), failure);
        }
    }
}
