package io.github.tieredquery.jdbc;

class H2StreamingTest extends StreamingContract {

    @Override
    TestDatabase database() {
        return H2Database.get();
    }

    @Override
    String manyRows() {
        return "(SELECT CAST('2024-01-01 00:00:00Z' AS TIMESTAMP(6) WITH TIME ZONE) AS \"at\", X AS \"id\" FROM SYSTEM_RANGE(1, "
                + MANY + ")) AS numbers";
    }

    @Override
    String slowRows() {
        return "(SELECT CAST('2024-01-01 00:00:00Z' AS TIMESTAMP(6) WITH TIME ZONE) AS \"at\", a.X AS \"id\" FROM SYSTEM_RANGE(1, 1000000) a, SYSTEM_RANGE(1, 1000000) b WHERE a.X * b.X = -1) AS numbers";
    }
}
