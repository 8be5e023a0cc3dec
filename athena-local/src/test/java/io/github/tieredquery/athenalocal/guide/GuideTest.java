package io.github.tieredquery.athenalocal.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.AthenaLocalExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The documents' Java, region by region: text between "snippet" and "end" stands there to the letter, and runs here.
 */
class GuideTest {

    // snippet: extension
    @RegisterExtension
    static final AthenaLocalExtension athena = AthenaLocalExtension.create();
    // end

    private static void started() {
        // snippet: start
        try (AthenaLocal athena = AthenaLocal.start()) {
            athena.run("CREATE EXTERNAL TABLE flights (origin string, delay string) PARTITIONED BY (day string)"
                    + " ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://" + athena.bucket()
                    + "/flights/'");
            athena.s3Client()
                    .putObject(
                            put -> put.bucket(athena.bucket()).key("flights/day=2024-01-01/flights.csv"),
                            RequestBody.fromString("SFO,15\n"));
            athena.run("ALTER TABLE flights ADD PARTITION (day='2024-01-01')");
            athena.athenaClient()
                    .startQueryExecution(start -> start.queryString("SELECT count(*) FROM flights")
                            .resultConfiguration(result -> result.outputLocation(athena.outputLocation())));
        }
        // end
    }

    @Test
    void a_query_of_what_was_put_into_s3_is_started() {
        assertThatCode(GuideTest::started).doesNotThrowAnyException();
    }

    @Test
    void the_extension_runs_an_athena() {
        assertThat(athena.get().bucket()).isNotEmpty();
    }
}
