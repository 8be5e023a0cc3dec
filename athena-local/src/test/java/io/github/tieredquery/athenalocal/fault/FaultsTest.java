package io.github.tieredquery.athenalocal.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.AthenaLocalExtension;
import io.github.tieredquery.athenalocal.Sql;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.AthenaException;
import software.amazon.awssdk.services.athena.model.InternalServerException;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.TooManyRequestsException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Everything that can be made to go wrong, and what is counted. */
final class FaultsTest {
    @RegisterExtension
    static final AthenaLocalExtension EXTENSION =
            AthenaLocalExtension.configured(builder -> builder.maxActiveQueries(2));

    private final AthenaLocal athena = EXTENSION.get();
    private final Sql sql = new Sql(athena);

    /** A client that doesn't hide faults by trying again. */
    private AthenaClient impatient() {
        return AthenaClient.builder()
                .endpointOverride(athena.athenaEndpoint())
                .region(athena.region())
                .credentialsProvider(athena.credentials())
                .overrideConfiguration(configuration -> configuration.retryStrategy(retries -> retries.maxAttempts(1)))
                .build();
    }

    private S3Client impatientS3() {
        return S3Client.builder()
                .endpointOverride(athena.s3Endpoint())
                .forcePathStyle(true)
                .region(athena.region())
                .credentialsProvider(athena.credentials())
                .overrideConfiguration(configuration -> configuration.retryStrategy(retries -> retries.maxAttempts(1)))
                .build();
    }

    @Test
    void errors_strike_the_next_calls_in_order() {
        try (AthenaClient client = impatient()) {
            athena.faults().on("GetWorkGroup").inject(Fault.throttling());
            athena.faults().on("GetWorkGroup").inject(Fault.internalError());
            athena.faults().on("GetWorkGroup").inject(Fault.expiredCredentials());
            athena.faults().on("GetWorkGroup").inject(Fault.accessDenied());
            assertThatThrownBy(() -> client.getWorkGroup(get -> get.workGroup("primary")))
                    .isInstanceOfSatisfying(AthenaException.class, fault -> {
                        assertThat(fault.awsErrorDetails().errorCode()).isEqualTo("ThrottlingException");
                        assertThat(fault.awsErrorDetails().errorMessage()).isEqualTo("Rate exceeded");
                    });
            assertThatThrownBy(() -> client.getWorkGroup(get -> get.workGroup("primary")))
                    .isInstanceOf(InternalServerException.class);
            assertThatThrownBy(() -> client.getWorkGroup(get -> get.workGroup("primary")))
                    .isInstanceOfSatisfying(
                            AthenaException.class,
                            fault -> assertThat(fault.awsErrorDetails().errorCode())
                                    .isEqualTo("ExpiredTokenException"));
            assertThatThrownBy(() -> client.getWorkGroup(get -> get.workGroup("primary")))
                    .isInstanceOfSatisfying(
                            AthenaException.class,
                            fault -> assertThat(fault.awsErrorDetails().errorCode())
                                    .isEqualTo("AccessDeniedException"));
            assertThat(client.getWorkGroup(get -> get.workGroup("primary")).workGroup())
                    .isNotNull();
        }
    }

    @Test
    void a_fault_strikes_only_what_it_matches() {
        athena.faults()
                .on("StartQueryExecution")
                .matching(query -> query.contains("2"))
                .inject(Fault.tooManyRequests());
        try (AthenaClient client = impatient()) {
            sql.await(
                    client.startQueryExecution(sql.request("SELECT 1").build()).queryExecutionId());
            assertThatThrownBy(() ->
                            client.startQueryExecution(sql.request("SELECT 2").build()))
                    .isInstanceOfSatisfying(
                            TooManyRequestsException.class,
                            fault -> assertThat(fault.reasonAsString()).isEqualTo("CONCURRENT_QUERY_LIMIT_EXCEEDED"));
        }
    }

    @Test
    void the_limit_of_active_queries_is_real() {
        try (AthenaClient client = impatient();
                QueryGate hold = athena.faults().holdInState(QueryExecutionState.QUEUED)) {
            String first = sql.start("SELECT 1");
            String second = sql.start("SELECT 2");
            hold.awaitHeld(2, Duration.ofSeconds(30));
            assertThat(athena.counters().activeQueries()).isEqualTo(2);
            assertThat(sql.get(first).status().state()).isEqualTo(QueryExecutionState.QUEUED);
            assertThatThrownBy(() ->
                            client.startQueryExecution(sql.request("SELECT 3").build()))
                    .isInstanceOf(TooManyRequestsException.class);
            hold.release();
            assertThat(sql.await(first).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
            assertThat(sql.await(second).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
        }
    }

    @Test
    void a_lost_response_leaves_an_execution_behind() {
        athena.faults().on("StartQueryExecution").inject(Fault.lostResponse());
        Counters before = athena.counters();
        String token = UUID.randomUUID().toString();
        var request = sql.request("SELECT 1").clientRequestToken(token).build();
        String id = athena.athenaClient().startQueryExecution(request).queryExecutionId();
        assertThat(athena.counters().since(before).athena("StartQueryExecution"))
                .isEqualTo(2);
        assertThat(athena.athenaClient().startQueryExecution(request).queryExecutionId())
                .isEqualTo(id);
        assertThat(sql.await(id).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
    }

    @Test
    void a_query_can_fail_and_say_that_it_may_be_tried_again() {
        athena.faults().on(Faults.EXECUTION).inject(Fault.retryableFailure("INTERNAL_ERROR_QUERY_ENGINE"));
        QueryExecution failed = sql.execute("SELECT 1");
        assertThat(failed.status().stateChangeReason()).isEqualTo("INTERNAL_ERROR_QUERY_ENGINE");
        assertThat(failed.status().athenaError().retryable()).isTrue();
        athena.faults().on(Faults.EXECUTION).inject(Fault.failure("broken"));
        assertThat(sql.execute("SELECT 1").status().athenaError().retryable()).isFalse();
    }

    @Test
    void a_running_query_can_be_queued_again() {
        athena.faults().on(Faults.EXECUTION).inject(Fault.backToQueued());
        try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.QUEUED)) {
            String id = sql.start("SELECT 1");
            hold.awaitHeld(1, Duration.ofSeconds(30));
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.QUEUED);
            hold.release();
            sql.awaitActive(0);
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.RUNNING);
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.QUEUED);
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.RUNNING);
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
        }
    }

    @Test
    void late_ddl_takes_effect_after_it_was_given_up() {
        try (QueryGate hold = athena.faults().lateDdl(statement -> statement.contains("late_table"))) {
            String id = sql.start(
                    "CREATE EXTERNAL TABLE late_table (a string) LOCATION 's3://" + athena.bucket() + "/late/'");
            hold.awaitHeld(1, Duration.ofSeconds(30));
            athena.athenaClient().stopQueryExecution(stop -> stop.queryExecutionId(id));
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.CANCELLED);
            assertThat(sql.failure("SELECT * FROM late_table")).startsWith("TABLE_NOT_FOUND");
            hold.release();
            sql.awaitActive(0);
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.CANCELLED);
            assertThat(sql.rows("SELECT * FROM late_table")).isEmpty();
        }
    }

    @Test
    void a_latency_delays_answers() {
        athena.faults().latency("GetWorkGroup", Duration.ofMillis(60));
        long start = System.nanoTime();
        athena.athenaClient().getWorkGroup(get -> get.workGroup("primary"));
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(60).toNanos());
    }

    @Test
    void s3_faults_strike_their_operation() {
        try (S3Client s3 = impatientS3()) {
            athena.faults()
                    .on("PutObject")
                    .times(2)
                    .matching(key -> key.equals("slow/a b+c"))
                    .inject(Fault.slowDown());
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> s3.putObject(
                                put -> put.bucket(athena.bucket()).key("slow/a b+c"), RequestBody.fromString("x")))
                        .isInstanceOfSatisfying(S3Exception.class, fault -> {
                            assertThat(fault.statusCode()).isEqualTo(503);
                            assertThat(fault.awsErrorDetails().errorCode()).isEqualTo("SlowDown");
                        });
            }
            s3.putObject(put -> put.bucket(athena.bucket()).key("slow/a b+c"), RequestBody.fromString("x"));
            athena.faults().on("GetObject").inject(Fault.accessDenied());
            assertThatThrownBy(() -> s3.getObjectAsBytes(
                            get -> get.bucket(athena.bucket()).key("slow/a b+c")))
                    .isInstanceOfSatisfying(
                            S3Exception.class,
                            fault -> assertThat(fault.statusCode()).isEqualTo(403));
            athena.faults().on("PutObject").inject(Fault.lostResponse());
            assertThatThrownBy(() ->
                            s3.putObject(put -> put.bucket(athena.bucket()).key("lost"), RequestBody.fromString("x")))
                    .isInstanceOf(software.amazon.awssdk.core.exception.SdkClientException.class);
            assertThat(s3.getObjectAsBytes(get -> get.bucket(athena.bucket()).key("lost"))
                            .asUtf8String())
                    .isEqualTo("x");
        }
    }

    @Test
    void a_hold_is_only_of_states_that_last() {
        assertThatThrownBy(() -> athena.faults().holdInState(QueryExecutionState.SUCCEEDED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Queries can be held in QUEUED or RUNNING, not in SUCCEEDED.");
        assertThatThrownBy(() ->
                        athena.faults().holdInState(QueryExecutionState.QUEUED).awaitHeld(1, Duration.ZERO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("0 queries are held after PT0S, not 1.");
    }
}
