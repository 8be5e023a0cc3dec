package io.github.tieredquery.examples.quickstart;

import io.github.tieredquery.query.Query;
import java.util.List;

/**
 * One question asked twice: of the library, and of PostgreSQL in SQL written by hand, which shares nothing with it.
 *
 * @param title what is asked
 * @param kind whether rows or their number are asked for
 * @param query the question to the library
 * @param sql what follows {@code SELECT … FROM untouched_flights}, with parameters for the values
 * @param parameters the parameters' values
 */
record Question(String title, Kind kind, Query query, String sql, List<Object> parameters) {

    enum Kind {
        ROWS,
        COUNT
    }

    static Question rows(String title, Query query, String sql, Object... parameters) {
        return new Question(title, Kind.ROWS, query, sql, List.of(parameters));
    }

    static Question count(String title, Query query, String sql, Object... parameters) {
        return new Question(title, Kind.COUNT, query, sql, List.of(parameters));
    }
}
