package io.github.tieredquery.jdbc;

class MariaStreamingTest extends StreamingContract {

    @Override
    TestDatabase database() {
        return MariaDatabase.get();
    }

    @Override
    String manyRows() {
        return "(SELECT TIMESTAMP'2024-01-01 00:00:00' AS at, CAST(seq AS SIGNED) AS id FROM seq_1_to_" + MANY
                + ") AS numbers";
    }

    @Override
    String slowRows() {
        return "(SELECT TIMESTAMP'2024-01-01 00:00:00' AS at, CAST(a.seq AS SIGNED) AS id FROM seq_1_to_1000000 a JOIN seq_1_to_1000000 b WHERE a.seq * b.seq = -1) AS numbers";
    }
}
