package io.github.tieredquery.jdbc;

import io.github.tieredquery.testkit.Awkward;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The contract by each driver with the options that change how it sends or shows values, and in sessions that somebody
 * has set up. {@link ContractsInZone} runs it by one after the other.
 */
class DriverOptionsContract extends JdbcSourceContract {

    private static final List<String> MARIADB = List.of(
            "preserveInstants=true",
            "preserveInstants=true&useServerPrepStmts=true",
            "connectionTimeZone=America/New_York&forceConnectionTimeZoneToSession=true&preserveInstants=true",
            "tinyInt1isBit=false&transformedBitIsBoolean=false&yearIsDateType=false",
            "transformedBitIsBoolean=true&useBulkStmts=true",
            "sessionVariables=time_zone='Europe/Berlin'",
            "sessionVariables=sql_mode='NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT'");

    private static final List<String> MYSQL = List.of(
            "useServerPrepStmts=true",
            "useServerPrepStmts=true&useCursorFetch=true&defaultFetchSize=7",
            "preserveInstants=false",
            "connectionTimeZone=SERVER",
            "connectionTimeZone=America/New_York&forceConnectionTimeZoneToSession=true",
            "zeroDateTimeBehavior=CONVERT_TO_NULL",
            "zeroDateTimeBehavior=ROUND",
            "tinyInt1isBit=false&yearIsDateType=false",
            "transformedBitIsBoolean=true&sendFractionalSeconds=true",
            "sendFractionalSeconds=false");

    private static final List<String> POSTGRESQL = List.of(
            "binaryTransfer=false",
            "prepareThreshold=-1",
            "prepareThreshold=1",
            "preferQueryMode=simple",
            "preferQueryMode=extendedForPrepared&prepareThreshold=0",
            "preferQueryMode=extendedCacheEverything",
            "stringtype=unspecified",
            "adaptiveFetch=true&maxResultBuffer=64M");

    /** What applications and poolers leave behind in a session. */
    private static final List<String> SESSIONS = List.of(
            "SET extra_float_digits = 0; SET bytea_output = 'escape'; SET intervalstyle = 'iso_8601'",
            "SET TimeZone = 'America/New_York'; SET extra_float_digits = -5",
            "SET timezone_abbreviations = 'India'; SET TimeZone = 'Europe/Berlin'");

    private static @Nullable Way chosen;

    private final Way way = Objects.requireNonNull(chosen, "choose(…) one first");
    private final TestDatabase database = way.opener().get();

    /** A driver with its options. */
    record Way(String name, Supplier<TestDatabase> opener) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Way> ways() {
        List<Way> ways = new ArrayList<>();
        MARIADB.forEach(
                options -> ways.add(new Way("MariaDB's driver, " + options, () -> MariaDatabase.withOptions(options))));
        MYSQL.forEach(
                options -> ways.add(new Way("MySQL's driver, " + options, () -> MariaDatabase.byMySqlDriver(options))));
        POSTGRESQL.forEach(options ->
                ways.add(new Way("PostgreSQL's driver, " + options, () -> PostgresDatabase.withOptions(options))));
        SESSIONS.forEach(
                setUp -> ways.add(new Way("PostgreSQL, " + setUp, () -> PostgresDatabase.withSessions(setUp))));
        return ways;
    }

    /** Decides by which way the contract is run next. */
    static void choose(Way next) {
        chosen = next;
    }

    @Override
    TestDatabase database() {
        return database;
    }

    @Override
    protected Set<Awkward> cannotHold() {
        return database() instanceof MariaDatabase
                ? EnumSet.of(Awkward.NAN, Awkward.POSITIVE_INFINITY, Awkward.NEGATIVE_INFINITY)
                : EnumSet.noneOf(Awkward.class);
    }
}
