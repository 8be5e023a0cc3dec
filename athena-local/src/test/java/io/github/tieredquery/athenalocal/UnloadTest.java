package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** Results that become tables. */
final class UnloadTest {
    @RegisterExtension
    static final AthenaLocalExtension EXTENSION = AthenaLocalExtension.create();

    private final AthenaLocal athena = EXTENSION.get();
    private final Sql sql = new Sql(athena);

    @Test
    void parquet_can_be_read_again() {
        String target = "s3://" + athena.bucket() + "/parquet/";
        String unload = "UNLOAD (SELECT 1 AS a, timestamp '2024-01-01 00:00:00.5' AS at) TO '" + target
                + "' WITH (format = 'PARQUET')";
        QueryExecution execution = sql.execute(unload);
        assertThat(execution.status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
        assertThat(sql.object(execution.statistics().dataManifestLocation()))
                .isEqualTo(target + execution.queryExecutionId());
        athena.run("CREATE EXTERNAL TABLE u (a int, at timestamp) STORED AS PARQUET LOCATION '" + target + "'");
        assertThat(sql.rows("SELECT * FROM u")).hasToString("[[1, 2024-01-01 00:00:00.500]]");
        assertThat(sql.failure(unload))
                .isEqualTo("HIVE_PATH_ALREADY_EXISTS: Target directory for unload already exists: " + target);
    }

    @Test
    void text_is_split_into_partitions() {
        String target = "s3://" + athena.bucket() + "/text";
        athena.run("UNLOAD (SELECT * FROM (VALUES ('x\uD83D\uDE00', 1, 'a/b'), (NULL, 2, 'c')) v(s, n, k)) TO '"
                + target + "' WITH (format='TEXTFILE', field_delimiter='|', partitioned_by=ARRAY['k'])");
        athena.run("CREATE EXTERNAL TABLE x (s string, n int) PARTITIONED BY (k string) ROW FORMAT DELIMITED FIELDS"
                + " TERMINATED BY '|' LOCATION '" + target + "/'");
        athena.run("MSCK REPAIR TABLE x");
        assertThat(sql.rows("SELECT s, n, k FROM x ORDER BY n")).hasToString("[[x\uD83D\uDE00, 1, a/b], [null, 2, c]]");
    }

    @Test
    void what_cannot_be_unloaded_is_refused() {
        String target = "s3://" + athena.bucket() + "/refused/";
        assertThat(sql.failure("UNLOAD (SELECT 1) TO '" + target + "' WITH (format='PARQUET')"))
                .isEqualTo("MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1");
        assertThatThrownBy(() -> sql.start("UNLOAD (SELECT 1 AS a) TO '" + target + "'"))
                .hasMessageContaining("mismatched input '<EOF>'. Expecting: 'WITH'");
        assertThatThrownBy(() -> sql.start("UNLOAD (SELECT 1 AS a) TO '" + target + "' WITH (format='ORC')"))
                .hasMessageContaining("This Athena unloads to PARQUET and TEXTFILE, not to 'ORC'");
    }
}
