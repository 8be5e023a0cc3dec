package io.github.tieredquery.examples.quickstart;

import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.ge;
import static io.github.tieredquery.query.Filter.in;

import io.github.tieredquery.query.Query;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the quick start asks. The boundary lies at 2001-06-01: 30 days before the day on which the clock stands. */
final class Questions {

    private static final String RANGE = "WHERE departed_at >= ? AND departed_at < ? ";
    private static final String OLDEST_FIRST = "ORDER BY departed_at, id";
    private static final String NEWEST_FIRST = "ORDER BY departed_at DESC, id DESC";

    /** From the first flight to the last; the last one departed at midnight of the day on which the clock stands. */
    static final Query EVERYTHING = Query.between(day("2001-01-01"), day("2001-07-02"));

    private Questions() {}

    static List<Question> byDay() {
        return List.of(
                Question.rows(
                        "Hot: the last week of June",
                        Query.between(day("2001-06-24"), day("2001-07-01")),
                        RANGE + OLDEST_FIRST,
                        day("2001-06-24"),
                        day("2001-07-01")),
                Question.rows(
                        "Hot: June's 100 newest delays of an hour and more",
                        Query.between(day("2001-06-01"), day("2001-07-02"))
                                .where(ge("delay", 60))
                                .newestFirst()
                                .limit(100),
                        RANGE + "AND delay >= ? " + NEWEST_FIRST + " LIMIT 100",
                        day("2001-06-01"),
                        day("2001-07-02"),
                        60),
                Question.rows(
                        "Cold: one day in March",
                        Query.between(day("2001-03-15"), day("2001-03-16")),
                        RANGE + OLDEST_FIRST,
                        day("2001-03-15"),
                        day("2001-03-16")),
                Question.rows(
                        "Cold: six hours around midnight, from New York's airports, newest first",
                        Query.between(Instant.parse("2001-03-14T21:00:00Z"), Instant.parse("2001-03-15T03:00:00Z"))
                                .where(in("origin", "JFK", "LGA", "EWR"))
                                .newestFirst(),
                        RANGE + "AND origin IN ('JFK', 'LGA', 'EWR') " + NEWEST_FIRST,
                        Instant.parse("2001-03-14T21:00:00Z"),
                        Instant.parse("2001-03-15T03:00:00Z")),
                Question.rows(
                        "Across the boundary: two weeks around June 1",
                        Query.between(day("2001-05-25"), day("2001-06-08")),
                        RANGE + OLDEST_FIRST,
                        day("2001-05-25"),
                        day("2001-06-08")),
                acrossWith("an origin given, no least delay", "SFO", null, "AND origin = 'SFO' "),
                acrossWith("both given", "ORD", 120, "AND origin = 'ORD' AND delay >= 120 "),
                Question.rows(
                        "Across the boundary: the 5,000 newest flights up to June 3",
                        Query.between(day("2001-01-01"), day("2001-06-03"))
                                .newestFirst()
                                .limit(5_000),
                        RANGE + NEWEST_FIRST + " LIMIT 5000",
                        day("2001-01-01"),
                        day("2001-06-03")),
                everything(),
                Question.count("Count: everything", EVERYTHING, RANGE, day("2001-01-01"), day("2001-07-02")),
                Question.count(
                        "Count: late departures to Hawaii, from April on",
                        Query.between(day("2001-04-01"), day("2001-07-02"))
                                .where(eq("destination", "HNL"))
                                .where(ge("delay", 15)),
                        RANGE + "AND destination = 'HNL' AND delay >= 15",
                        day("2001-04-01"),
                        day("2001-07-02")));
    }

    static Question everything() {
        return Question.rows(
                "Everything: all 181 days, each flight exactly once",
                EVERYTHING,
                RANGE + OLDEST_FIRST,
                day("2001-01-01"),
                day("2001-07-02"));
    }

    /** Filters that a caller gives or leaves out, as a web service gets them. */
    private static Question acrossWith(
            String title, @Nullable String origin, @Nullable Integer leastDelay, String condition) {
        return Question.rows(
                "Across the boundary, optional filters: " + title,
                Query.between(day("2001-05-25"), day("2001-06-08"))
                        .whereIfPresent(origin, code -> eq("origin", code))
                        .whereIfPresent(leastDelay, minutes -> ge("delay", minutes)),
                RANGE + condition + OLDEST_FIRST,
                day("2001-05-25"),
                day("2001-06-08"));
    }

    static List<Question> byOrigin() {
        return List.of(
                Question.rows(
                        "Cold: from San Francisco in March",
                        Query.between(day("2001-03-01"), day("2001-04-01")).where(eq("origin", "SFO")),
                        RANGE + "AND origin = 'SFO' " + OLDEST_FIRST,
                        day("2001-03-01"),
                        day("2001-04-01")),
                Question.rows(
                        "Across the boundary: from San Francisco, from April on, newest first",
                        Query.between(day("2001-04-01"), day("2001-07-02"))
                                .where(eq("origin", "SFO"))
                                .newestFirst(),
                        RANGE + "AND origin = 'SFO' " + NEWEST_FIRST,
                        day("2001-04-01"),
                        day("2001-07-02")),
                Question.count(
                        "Count: everything from San Francisco",
                        EVERYTHING.where(eq("origin", "SFO")),
                        RANGE + "AND origin = 'SFO'",
                        day("2001-01-01"),
                        day("2001-07-02")));
    }

    /** What the plan is shown of. */
    static Query acrossTheBoundary() {
        return Query.between(day("2001-05-25"), day("2001-06-08"))
                .where(eq("origin", "ORD"))
                .where(ge("delay", 120));
    }

    static Instant day(String date) {
        return Instant.parse(date + "T00:00:00Z");
    }
}
