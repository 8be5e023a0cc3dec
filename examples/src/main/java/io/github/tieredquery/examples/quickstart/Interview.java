package io.github.tieredquery.examples.quickstart;

import static io.github.tieredquery.examples.quickstart.Screen.count;
import static io.github.tieredquery.examples.quickstart.Screen.dollars;
import static io.github.tieredquery.examples.quickstart.Screen.seconds;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.query.Query;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.stream.Stream;

/** Asks questions of one archived table, prints what each took, and checks each answer against plain SQL. */
final class Interview {

    private final TieredQuery<Flight> flights;
    private final Meter meter;
    private final PlainSql plain;
    private final Checks checks;
    private final Screen screen;
    private final QueryPlan.Archive whole;

    /** What of the archive a question needs, by the plan. */
    private record Touched(int partitions, long bytes) {}

    Interview(
            TieredQuery<Flight> flights, Query everything, Meter meter, PlainSql plain, Checks checks, Screen screen) {
        this.flights = flights;
        this.meter = meter;
        this.plain = plain;
        this.checks = checks;
        this.screen = screen;
        this.whole = flights.explain(everything).slices().stream()
                .map(QueryPlan.Slice::archive)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing was archived"));
    }

    int partitions() {
        return whole.partitionsInAll();
    }

    long bytes() {
        return whole.bytesInAll();
    }

    void ask(Question question) throws SQLException {
        Touched planned = planned(question.query());
        meter.reset();
        long start = System.nanoTime();
        String answer;
        if (question.kind() == Question.Kind.COUNT) {
            long rows = flights.count(question.query());
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            print(question, "counted " + count(rows), elapsed, planned);
            checks.equal("'" + question.title() + "'", plain.count(question), rows);
            return;
        }
        OrderedDigest digest = new OrderedDigest();
        try (Stream<Flight> rows = flights.stream(question.query())) {
            rows.forEach(digest::add);
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        print(question, count(digest.rows()) + " rows", elapsed, planned);
        answer = digest.finish();
        compare(question, answer);
    }

    private Touched planned(Query query) {
        int partitions = 0;
        long bytes = 0;
        for (QueryPlan.Slice slice : flights.explain(query).slices()) {
            if (slice.archive() != null) {
                partitions += slice.archive().partitions();
                bytes += slice.archive().bytes();
            }
        }
        return new Touched(partitions, bytes);
    }

    private void print(Question question, String result, Duration elapsed, Touched planned) {
        screen.line("");
        screen.line("  " + question.title());
        screen.line("    " + result + " in " + seconds(elapsed)
                + " | partitions " + (question.query().limit().isPresent() ? "at most " : "")
                + planned.partitions() + " of " + whole.partitionsInAll()
                + " | scanned " + Screen.bytes(meter.bytesScanned()) + " of " + Screen.bytes(whole.bytesInAll())
                + " | " + dollars(meter.cost()));
    }

    private void compare(Question question, String answer) throws SQLException {
        OrderedDigest expected = new OrderedDigest();
        try (Stream<Flight> rows = plain.rows(question)) {
            rows.forEach(expected::add);
        }
        String expectedAnswer = expected.finish();
        if (expectedAnswer.equals(answer)) {
            checks.equal("'" + question.title() + "'", expectedAnswer, answer);
            screen.line("    the same rows in the same order as plain SQL (sha256 " + answer.substring(0, 12) + "...)");
        } else {
            checks.differs("'" + question.title() + "': " + firstDifference(question));
        }
    }

    private String firstDifference(Question question) throws SQLException {
        try (Stream<Flight> ours = flights.stream(question.query());
                Stream<Flight> theirs = plain.rows(question)) {
            Iterator<Flight> actual = ours.iterator();
            Iterator<Flight> expected = theirs.iterator();
            for (long row = 1; actual.hasNext() || expected.hasNext(); row++) {
                Object here = actual.hasNext() ? actual.next() : "no row";
                Object there = expected.hasNext() ? expected.next() : "no row";
                if (!here.equals(there)) {
                    return "row " + count(row) + " is " + here + ", but plain SQL has " + there;
                }
            }
        }
        return "differed at first, but not when it was asked again";
    }
}
