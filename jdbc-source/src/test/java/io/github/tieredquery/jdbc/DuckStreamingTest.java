package io.github.tieredquery.jdbc;

class DuckStreamingTest extends StreamingContract {

    @Override
    TestDatabase database() {
        return DuckDatabase.get();
    }

    @Override
    String manyRows() {
        return "(SELECT TIMESTAMP '2024-01-01 00:00:00' AS \"at\", range AS id FROM range(1, " + (MANY + 1)
                + ")) AS numbers";
    }

    @Override
    String slowRows() {
        return "(SELECT TIMESTAMP '2024-01-01 00:00:00' AS \"at\", a.range AS id FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 1000003 = -1) AS numbers";
    }
}
