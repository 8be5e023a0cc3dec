package io.github.tieredquery.examples.quickstart;

import static io.github.tieredquery.examples.quickstart.Screen.count;
import static io.github.tieredquery.examples.quickstart.Screen.seconds;
import static java.time.ZoneOffset.UTC;

import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.examples.flights.FlightsSample;
import io.github.tieredquery.examples.flights.LocalServers;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Loads real flights into PostgreSQL, archives what is older than 30 days into S3, asks questions of both as one table,
 * exports them as one file that it downloads by a link, and checks everything against plain SQL on an untouched copy.
 * It ends with one line and the exit code 0, or says what differed and ends with 1.
 */
public final class QuickStart {

    private static final InstantSource CLOCK = InstantSource.fixed(Questions.day("2001-07-01"));

    /** What happens between loading and the end. */
    interface Round {
        /** Hears that the tables are filled; a test keeps some of the days. */
        default void loaded(LocalServers servers) throws Exception {}

        /** Asks the questions and gives the exit code; a test asks them again when it has changed the archive. */
        int ask(LocalServers servers, Callable<Integer> questions) throws Exception;
    }

    private final Screen screen;
    private final Meter meter = new Meter();
    private Checks checks = new Checks();

    QuickStart(Screen screen) {
        this.screen = screen;
    }

    /**
     * Runs it.
     *
     * @param args none
     * @throws Exception if a server doesn't start or a query fails
     */
    public static void main(String[] args) throws Exception {
        Screen screen = new Screen(System.out);
        int exitCode = new QuickStart(screen).run((servers, questions) -> questions.call());
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    /** Gives the exit code. */
    int run(Round round) throws Exception {
        screen.line("TieredQuery: " + count(FlightsSample.ROWS) + " real flights of 2001, asked as one table.");
        screen.line("Flights: U.S. Bureau of Transportation Statistics, from the npm package vega-datasets 3.2.1.");
        screen.line("The clock stands at 2001-07-01. PostgreSQL keeps 30 days, S3 has what is older.");
        screen.heading("Setting up");
        long start = System.nanoTime();
        screen.step("starting PostgreSQL, and Athena and S3 in this JVM");
        try (LocalServers servers = LocalServers.start()) {
            screen.step("started PostgreSQL, and Athena and S3 in this JVM, in " + since(start));
            load(servers);
            round.loaded(servers);
            try (FlightArchive byDay =
                            new FlightArchive(servers, FlightTables.FLIGHTS, HivePartitionLayout.daily(UTC), meter);
                    FlightArchive byOrigin = new FlightArchive(
                            servers,
                            FlightTables.BY_ORIGIN,
                            HivePartitionLayout.monthly(UTC).thenBy("origin"),
                            meter)) {
                archive(byDay, "year/month/day");
                archive(byOrigin, "year/month/origin");
                return round.ask(servers, () -> questions(servers, byDay, byOrigin));
            }
        }
    }

    private int questions(LocalServers servers, FlightArchive byDay, FlightArchive byOrigin)
            throws IOException, SQLException {
        checks = new Checks();
        PlainSql plain = new PlainSql(servers.database());
        screen.heading("Partitioned by year/month/day");
        interview(byDay, plain, Questions.byDay());
        moved(plain);
        screen.heading("The same flights, partitioned by year/month/origin");
        interview(byOrigin, plain, Questions.byOrigin());
        export(servers, byDay, plain);
        plan(byDay);
        return verdict();
    }

    private void load(LocalServers servers) throws IOException, SQLException {
        long start = System.nanoTime();
        FlightTables.load(
                servers.database(),
                rows -> screen.step("loading " + count(rows) + " of " + count(FlightsSample.ROWS) + " flights"));
        screen.step("loaded " + count(FlightsSample.ROWS) + " flights into PostgreSQL in " + since(start));
    }

    private void archive(FlightArchive archive, String layout) {
        ArchiveReport report = archive.archive(CLOCK, new ArchiveScreen(screen, "archiving by " + layout));
        screen.step("archived " + count(report.rows()) + " flights by " + layout + ": " + count(report.files())
                + " files, " + Screen.bytes(report.bytes()) + ", in " + seconds(report.elapsed()));
    }

    private void interview(FlightArchive archive, PlainSql plain, List<Question> questions) throws SQLException {
        Interview interview = new Interview(archive.flights(), Questions.EVERYTHING, meter, plain, checks, screen);
        for (Question question : questions) {
            interview.ask(question);
        }
    }

    /** What was archived has left PostgreSQL, and nothing else has. */
    private void moved(PlainSql plain) throws SQLException {
        for (String table : List.of(FlightTables.FLIGHTS, FlightTables.BY_ORIGIN)) {
            checks.equal(
                    "rows that PostgreSQL still has of " + table,
                    plain.number(
                            "SELECT count(*) FROM " + FlightTables.UNTOUCHED + " WHERE departed_at >= ?",
                            List.of(Questions.day("2001-06-01"))),
                    plain.number("SELECT count(*) FROM " + table, List.of()));
        }
    }

    private void export(LocalServers servers, FlightArchive archive, PlainSql plain) throws IOException, SQLException {
        screen.heading("Everything as one CSV file, and a link to it");
        new FlightExport(servers, plain, checks, screen).show(archive, Questions.everything());
    }

    private void plan(FlightArchive archive) {
        screen.heading("A plan, before anything is paid");
        Query query = Questions.acrossTheBoundary();
        archive.flights().explain(query).toString().lines().forEach(screen::step);
    }

    private int verdict() {
        screen.line("");
        checks.differences().forEach(difference -> screen.line("DIFFERENT " + difference));
        screen.line(checks.summary());
        return checks.passed() ? 0 : 1;
    }

    private static String since(long start) {
        return seconds(Duration.ofNanos(System.nanoTime() - start));
    }
}
