package io.github.tieredquery.jdbc;

class PostgresStreamingTest extends StreamingContract {

    @Override
    TestDatabase database() {
        return PostgresDatabase.get();
    }

    @Override
    String manyRows() {
        return "(SELECT TIMESTAMPTZ '2024-01-01 00:00:00Z' AS at, CAST(n AS bigint) AS id FROM generate_series(1, "
                + MANY + ") n) AS numbers";
    }

    @Override
    String slowRows() {
        return "(SELECT TIMESTAMPTZ '2024-01-01 00:00:00Z' AS at, CAST(n AS bigint) AS id FROM generate_series(1, 10) n, pg_sleep(300)) AS numbers";
    }
}
