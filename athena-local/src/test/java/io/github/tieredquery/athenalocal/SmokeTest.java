package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SmokeTest {
    @Test
    void a_partitioned_table_is_created_filled_registered_and_queried() {
        try (AthenaLocal athena = AthenaLocal.start()) {
            Sql sql = new Sql(athena);
            athena.run("CREATE EXTERNAL TABLE flights (origin string, delay string) PARTITIONED BY (day string)"
                    + " ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
                    + " STORED AS TEXTFILE LOCATION 's3://" + athena.bucket() + "/flights/'");
            sql.put("flights/day=01/a.csv", "\"SFO\",\"5\"\n\"J\"\"FK\",\"\"\n");
            sql.put("flights/day=02/b.csv", "LAX,7\nx\n");
            assertThat(sql.csv("SELECT * FROM flights")).isEqualTo("\"origin\",\"delay\",\"day\"\n");
            athena.run("ALTER TABLE flights ADD IF NOT EXISTS PARTITION (day='01') LOCATION 's3://" + athena.bucket()
                    + "/flights/day=01/' PARTITION (day='02') LOCATION 's3://" + athena.bucket() + "/flights/day=02'");
            assertThat(sql.csv("SELECT origin, delay, day FROM default.flights ORDER BY 3, 1 DESC"))
                    .isEqualTo("""
                            "origin","delay","day"
                            "SFO","5","01"
                            "J""FK","","01"
                            "x",,"02"
                            "LAX","7","02"
                            """);
            var execution = sql.execute("SELECT \"$path\" FROM flights WHERE day > '01' AND delay = '7'");
            assertThat(execution.statistics().dataScannedInBytes()).isEqualTo(8);
            assertThat(sql.object(execution.resultConfiguration().outputLocation()))
                    .isEqualTo("\"$path\"\n\"s3://" + athena.bucket() + "/flights/day=02/b.csv\"\n");
            assertThat(sql.failure("SELECT * FROM flights WHERE delay = 5"))
                    .isEqualTo("TYPE_MISMATCH: line 1:35: Cannot apply operator: varchar = integer");
            assertThat(sql.rows("SELECT count(*), 1e20, NULL")).hasToString("[[1, 1.0E20, null]]");
        }
    }
}
