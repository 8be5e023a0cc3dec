package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table of what databases say, and what it is for a caller. The first row that fits counts; what fits none is an
 * outage, which may pass by itself. The guide of this module has the same table.
 */
@SuppressWarnings("ImmutableEnumChecker") // nobody writes to the sets
public enum SqlFault {
    IDLE(
            "a transaction was idle for longer than allowed",
            states("25P03"),
            codes(),
            words(),
            Outcome.UNAVAILABLE,
            "the server ended the transaction, which had waited for longer than its"
                    + " idle_in_transaction_session_timeout. Raise that for this user (ALTER ROLE … SET"
                    + " idle_in_transaction_session_timeout = …), read faster, or ask for less at a time"),
    STOPPED(
            "a statement or session took longer than allowed, or was ended by an operator",
            states("57014", "57P05", "25P04", "70100"),
            codes(1317, 3024, 1969, 1927),
            words("INTERRUPT"),
            Outcome.UNAVAILABLE,
            "the server stopped it: by a limit of its own, such as statement_timeout or max_statement_time, or since"
                    + " somebody else cancelled it. Raise the limit for this user, or ask for less at a time"),
    NO_DATABASE(
            "there is no such database",
            states("3D000"),
            codes(1049, 90013, 90146, 90149),
            words(),
            Outcome.CONFIGURATION,
            "there is no such database. Correct the connection's URL"),
    LOGIN(
            "user or password are wrong",
            states("28"),
            codes(1045, 1698, 1251),
            words(),
            Outcome.CONFIGURATION,
            "the server doesn't take this user or password. Correct the connection's credentials"),
    DENIED(
            "a right is missing",
            states("42501"),
            codes(1044, 1142, 1143, 1227, 1370, 90096, 90040),
            words("Permission Error"),
            Outcome.CONFIGURATION,
            "this database user may not do it. Grant the right: readers need SELECT, an archiver DELETE too"),
    NOT_THERE(
            "a table, column, schema or function isn't there",
            states("42P01", "42703", "3F000", "42883", "42704", "42S02", "42S03", "42S04", "42S22"),
            codes(1054, 1146, 1305, 90079),
            words("Catalog Error", "Binder Error"),
            Outcome.CONFIGURATION,
            "the database hasn't the table, a column of it or a function: it was changed after the source was built, or"
                    + " it is another one. Correct the table, or build the source anew with its present columns"),
    CONSTRAINT(
            "a constraint forbids it",
            states("23"),
            codes(1451, 1452, 1062, 1048, 3819, 4025),
            words("Constraint Error"),
            Outcome.CONFIGURATION,
            "a constraint of the database stands in the way, a foreign key of another table's rows say; the same call"
                    + " fails until it is gone. Drop or change the constraint that the cause names"),
    BAD_VALUE(
            "a value can't be converted",
            states("22"),
            codes(1264, 1292, 1366, 1406, 1411, 1690, 1365),
            words("Conversion Error", "Out of Range Error", "Invalid Input Error"),
            Outcome.BAD_DATA,
            "a value of a row, or of the filter, isn't one that its type can hold; the same call fails until it is"
                    + " corrected"),
    REFUSED(
            "any other statement that the database refuses",
            states("42", "0A"),
            codes(),
            words("Parser Error", "Not implemented Error"),
            Outcome.CONFIGURATION,
            "the database refuses the statement: it is of a version or in a mode that the source's dialect isn't for."
                    + " Choose another with dialect(…)");

    /** What a caller gets. */
    @SuppressWarnings("ImmutableEnumChecker") // constructors of exceptions have no state
    enum Outcome {
        UNAVAILABLE(SourceUnavailableException.class, SourceUnavailableException::new),
        CONFIGURATION(ConfigurationException.class, ConfigurationException::new),
        BAD_DATA(BadDataException.class, BadDataException::new);

        private final Class<? extends TieredQueryException> type;
        private final BiFunction<String, Throwable, TieredQueryException> maker;

        <E extends TieredQueryException> Outcome(Class<E> type, BiFunction<String, Throwable, E> maker) {
            this.type = type;
            this.maker = maker::apply;
        }

        TieredQueryException error(String message, SQLException cause) {
            return maker.apply(message, cause);
        }
    }

    /** What DuckDB's driver says of any statement that fails while it streams: the reason is lost. */
    private static final String NO_REASON = "Invalid Input Error: Invalid result set";

    private final String meaning;
    private final Set<String> states;
    private final Set<Integer> codes;
    private final List<String> words;
    private final Outcome outcome;
    private final String advice;

    SqlFault(
            String meaning,
            Set<String> states,
            Set<Integer> codes,
            List<String> words,
            Outcome outcome,
            String advice) {
        this.meaning = meaning;
        this.states = states;
        this.codes = codes;
        this.words = words;
        this.outcome = outcome;
        this.advice = advice;
    }

    private static Set<String> states(String... states) {
        return new TreeSet<>(List.of(states));
    }

    private static Set<Integer> codes(Integer... codes) {
        return new TreeSet<>(List.of(codes));
    }

    private static List<String> words(String... words) {
        return List.of(words);
    }

    /** The row that fits what a driver says; null for an outage. */
    public static @Nullable SqlFault of(SQLException e) {
        for (SqlFault fault : values()) {
            if (fault.fits(e)) {
                return fault;
            }
        }
        return null;
    }

    /** A class of states is its first two letters. DuckDB has neither states nor codes. */
    private boolean fits(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String message = String.valueOf(e.getMessage());
        return states.contains(state)
                || (state.length() == 5 && states.contains(state.substring(0, 2)))
                || codes.contains(e.getErrorCode())
                || (e.getSQLState() == null
                        && !message.equals(NO_REASON)
                        && words.stream().anyMatch(message::startsWith));
    }

    /** The error that a caller gets. */
    TieredQueryException error(String message, SQLException cause) {
        return outcome.error(message, cause);
    }

    /** What to do. */
    String advice() {
        return advice;
    }

    /** The row of the guide's table. */
    String documented() {
        return "| " + meaning + " | "
                + states.stream()
                        .map(state -> state.length() == 2 ? "`" + state + "`…" : "`" + state + "`")
                        .collect(Collectors.joining(", "))
                + " | " + codes.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + " | " + words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "))
                + " | `" + outcome.type.getSimpleName() + "` |";
    }
}
