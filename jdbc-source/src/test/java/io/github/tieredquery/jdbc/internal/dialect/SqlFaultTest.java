package io.github.tieredquery.jdbc.internal.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The one table of what a database's errors are for a caller, in the code and in the guide. */
class SqlFaultTest {

    static Stream<Arguments> said() {
        return Stream.of(
                // PostgreSQL
                arguments("42703", 0, "", ConfigurationException.class),
                arguments("42P01", 0, "", ConfigurationException.class),
                arguments("42601", 0, "", ConfigurationException.class),
                arguments("23503", 0, "", ConfigurationException.class),
                arguments("23001", 0, "", ConfigurationException.class),
                arguments("42501", 0, "", ConfigurationException.class),
                arguments("28P01", 0, "", ConfigurationException.class),
                arguments("28000", 0, "", ConfigurationException.class),
                arguments("3D000", 0, "", ConfigurationException.class),
                arguments("22008", 0, "", BadDataException.class),
                arguments("22P02", 0, "", BadDataException.class),
                arguments("25P03", 0, "", SourceUnavailableException.class),
                arguments("57014", 0, "", SourceUnavailableException.class),
                arguments("08006", 0, "", SourceUnavailableException.class),
                arguments("57P01", 0, "", SourceUnavailableException.class),
                arguments("53300", 0, "", SourceUnavailableException.class),
                arguments("40001", 0, "", SourceUnavailableException.class),
                arguments("55P03", 0, "", SourceUnavailableException.class),
                arguments("XX000", 0, "", SourceUnavailableException.class),
                // MariaDB and MySQL
                arguments("42S02", 1146, "", ConfigurationException.class),
                arguments("42S22", 1054, "", ConfigurationException.class),
                arguments("23000", 1451, "", ConfigurationException.class),
                arguments("42000", 1049, "", ConfigurationException.class),
                arguments("42000", 1142, "", ConfigurationException.class),
                arguments("28000", 1045, "", ConfigurationException.class),
                arguments("22007", 1292, "", BadDataException.class),
                arguments("22003", 1264, "", BadDataException.class),
                arguments("HY000", 1205, "", SourceUnavailableException.class),
                arguments("08004", 1040, "", SourceUnavailableException.class),
                // H2
                arguments("42S22", 42122, "", ConfigurationException.class),
                arguments("42S03", 42103, "", ConfigurationException.class),
                arguments("90079", 90079, "", ConfigurationException.class),
                arguments("22018", 22018, "", BadDataException.class),
                arguments("90067", 90067, "", SourceUnavailableException.class),
                // DuckDB
                arguments(null, 0, "Binder Error: column \"nope\"", ConfigurationException.class),
                arguments(null, 0, "Conversion Error: 'x'", BadDataException.class),
                arguments(null, 0, "Invalid Input Error: Invalid result set", SourceUnavailableException.class),
                arguments(null, 0, "IO Error: no space", SourceUnavailableException.class));
    }

    @ParameterizedTest
    @MethodSource("said")
    void what_a_database_says_has_one_error(
            String state, int code, String words, Class<? extends TieredQueryException> error) {
        assertThat(SqlErrors.failure("db:things", "reading", new SQLException(words, state, code)))
                .isExactlyInstanceOf(error);
    }

    @Test
    void a_failure_says_what_where_and_what_to_do_and_no_value() {
        SQLException idle = new SQLException("terminating connection with 'secret'", "25P03");
        assertThat(SqlErrors.failure("db:things", "reading", idle))
                .hasCause(idle)
                .hasMessage(
                        "db:things: reading failed with SQL state 25P03: the server ended the transaction, which had"
                                + " waited for longer than its idle_in_transaction_session_timeout. Raise that for this user"
                                + " (ALTER ROLE … SET idle_in_transaction_session_timeout = …), read faster, or ask for less at a"
                                + " time; the cause holds the database's own words");
        assertThat(SqlErrors.failure("db:things", "reading", new SQLException("x", "08006")))
                .hasMessage("db:things: reading failed with SQL state 08006; the cause holds the database's own words");
    }

    @Test
    void the_reference_has_the_table_of_the_code() throws IOException {
        assertThat(Files.readAllLines(Path.of("../docs/reference.md")))
                .containsSubsequence(Arrays.stream(SqlFault.values())
                        .map(SqlFault::documented)
                        .toList());
    }
}
