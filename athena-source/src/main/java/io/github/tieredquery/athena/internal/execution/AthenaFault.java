package io.github.tieredquery.athena.internal.execution;

import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.error.TieredQueryException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The table of what executions fail with, and what it is for a caller. The first row that fits counts; what fits none
 * is an outage. The guide of this module has the same table.
 */
@SuppressWarnings("ImmutableEnumChecker") // nobody writes to the sets
public enum AthenaFault {
    THROTTLED(
            "another service was asked too often",
            types(1400, 1406),
            Set.of(),
            List.of(),
            Outcome.THROTTLED,
            ". Try again later"),
    DENIED(
            "a right is missing",
            types(1500, 1501),
            Set.of("PERMISSION_DENIED"),
            List.of("AccessDenied"),
            Outcome.CONFIGURATION,
            ". Allow it in the policy of the caller or of the role"),
    OTHER_TABLE(
            "the table isn't there, or is another one",
            Set.of(),
            Set.of(
                    "TABLE_NOT_FOUND",
                    "SCHEMA_NOT_FOUND",
                    "CATALOG_NOT_FOUND",
                    "COLUMN_NOT_FOUND",
                    "TYPE_MISMATCH",
                    "SYNTAX_ERROR",
                    "FUNCTION_NOT_FOUND",
                    "HIVE_METASTORE_ERROR",
                    "HIVE_PARTITION_SCHEMA_MISMATCH",
                    "HIVE_INVALID_METADATA"),
            List.of(),
            Outcome.CONFIGURATION,
            ". The table in Athena isn't the one that the source describes"),
    NOT_THERE(
            "a database, table or bucket isn't there",
            types(1301, 1301, 1306),
            Set.of(),
            List.of("NoSuchBucket"),
            Outcome.CONFIGURATION,
            ". Create it, or correct the name or location that the source has"),
    BAD_DATA(
            "a value in a file can't be read",
            Set.of(),
            Set.of("HIVE_BAD_DATA", "INVALID_CAST_ARGUMENT"),
            List.of(),
            Outcome.BAD_DATA,
            ". A file of the table holds what its column's encoding can't read"),
    CURSOR(
            "a file can't be read",
            Set.of(),
            Set.of("HIVE_CURSOR_ERROR"),
            List.of(),
            Outcome.UNAVAILABLE,
            ". A file of the table holds what its column's encoding can't read"),
    FUNCTION(
            "a function can't take a value",
            Set.of(),
            Set.of("INVALID_FUNCTION_ARGUMENT"),
            List.of(),
            Outcome.UNAVAILABLE,
            ". A function was given what it doesn't take: by a file that holds what its column's encoding can't mean, or"
                    + " by a statement that this version of Athena can't run. Look at the values that the reason names;"
                    + " if they are sound, report the statement of the execution"),
    TOO_LARGE(
            "a sum has more than 38 digits",
            Set.of(),
            Set.of("NUMERIC_VALUE_OUT_OF_RANGE"),
            List.of(),
            Outcome.BAD_QUERY,
            ". A sum has more than 38 digits there; aggregate fewer rows at a time");

    /** What a caller gets. */
    @SuppressWarnings("ImmutableEnumChecker") // constructors of exceptions have no state
    enum Outcome {
        THROTTLED(ThrottledException.class, ThrottledException::new),
        CONFIGURATION(ConfigurationException.class, ConfigurationException::new),
        BAD_DATA(BadDataException.class, message -> new BadDataException(message, null)),
        BAD_QUERY(BadQueryException.class, BadQueryException::new),
        UNAVAILABLE(SourceUnavailableException.class, SourceUnavailableException::new);

        private final Class<? extends TieredQueryException> type;
        private final Function<String, ? extends TieredQueryException> maker;

        <E extends TieredQueryException> Outcome(Class<E> type, Function<String, E> maker) {
            this.type = type;
            this.maker = maker;
        }
    }

    private final String meaning;
    private final Set<Integer> types;
    private final Set<String> codes;
    private final List<String> words;
    private final Outcome outcome;
    private final String advice;

    AthenaFault(
            String meaning, Set<Integer> types, Set<String> codes, List<String> words, Outcome outcome, String advice) {
        this.meaning = meaning;
        this.types = types;
        this.codes = codes;
        this.words = words;
        this.outcome = outcome;
        this.advice = advice;
    }

    /** All from the first to the last, and some more. */
    private static Set<Integer> types(int first, int last, Integer... more) {
        Set<Integer> types = new TreeSet<>(List.of(more));
        IntStream.rangeClosed(first, last).forEach(types::add);
        return types;
    }

    /**
     * The row that fits; null for an outage.
     *
     * @param type of {@code AthenaError}, -1 for none
     * @param code what the reason begins with
     */
    static @Nullable AthenaFault of(int type, String code, String reason) {
        for (AthenaFault fault : values()) {
            if (fault.types.contains(type)
                    || fault.codes.contains(code)
                    || fault.words.stream().anyMatch(reason::contains)) {
                return fault;
            }
        }
        return null;
    }

    /** The error that a caller gets. */
    TieredQueryException error(String message) {
        return outcome.maker.apply(message + advice);
    }

    /** The row of the guide's table. */
    public String documented() {
        return "| " + meaning + " | "
                + types.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " | "
                + new TreeSet<>(codes).stream().map(code -> "`" + code + "`").collect(Collectors.joining(", "))
                + words.stream()
                        .map(word -> (codes.isEmpty() ? "" : ", ") + "…`" + word + "`…")
                        .collect(Collectors.joining())
                + " | `" + outcome.type.getSimpleName() + "` |";
    }
}
