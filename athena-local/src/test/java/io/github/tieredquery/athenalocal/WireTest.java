package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.tieredquery.athenalocal.fault.QueryGate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.AthenaException;
import software.amazon.awssdk.services.athena.model.BatchGetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.ColumnInfo;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.InvalidRequestException;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** The wire protocol, through the SDK's client and by hand. */
final class WireTest {
    @RegisterExtension
    static final AthenaLocalExtension EXTENSION = AthenaLocalExtension.configured(
            builder -> builder.workGroup("located", "s3://athena-local-results/located/")
                    .enforcedWorkGroup("enforced", "s3://athena-local-results/enforced")
                    .managedWorkGroup("managed"));

    private final AthenaLocal athena = EXTENSION.get();
    private final AthenaClient client = athena.athenaClient();
    private final Sql sql = new Sql(athena);

    @Test
    void a_result_is_written_byte_for_byte_as_athena_writes_it() {
        QueryExecution execution = sql.execute("SELECT * FROM (VALUES (1, 'a\"b', 1e0), (2, NULL, NULL), (3, '', 1e7))"
                + " v(id, \"Te xt\", d) ORDER BY id");
        String location = execution.resultConfiguration().outputLocation();
        assertThat(location).isEqualTo(athena.outputLocation() + execution.queryExecutionId() + ".csv");
        assertThat(sql.object(location)).isEqualTo("""
                "id","te xt","d"
                "1","a""b","1.0"
                "2",,
                "3","","1.0E7"
                """);
        assertThat(sql.csv("SELECT x FROM (VALUES 'a', NULL, 'b\nc') v(x) ORDER BY x"))
                .isEqualTo("\"x\"\n\"a\"\n\"b\nc\"\n\n");
        assertThat(sql.csv("SELECT 1 WHERE false")).isEqualTo("\"_col0\"\n");
        assertThat(sql.object(location + ".metadata"))
                .startsWith("\n$" + execution.queryExecutionId())
                .contains("integer", "varchar", "double");
    }

    @Test
    void one_that_nobody_closes_keeps_no_process_alive() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        AthenaLocal left = AthenaLocal.start();
        try {
            left.run("SELECT 1");
            assertThat(left.s3Client().listBuckets().buckets()).hasSize(2);
            assertThat(Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> !before.contains(thread) && !thread.isDaemon()))
                    .isEmpty();
        } finally {
            left.close();
        }
    }

    @Test
    void an_execution_tells_what_it_is() {
        QueryExecution execution = sql.execute("SELECT 1");
        assertThat(execution.query()).isEqualTo("SELECT 1");
        assertThat(execution.statementTypeAsString()).isEqualTo("DML");
        assertThat(execution.substatementType()).isEqualTo("SELECT");
        assertThat(execution.workGroup()).isEqualTo("primary");
        assertThat(execution.engineVersion().effectiveEngineVersion()).isEqualTo("Athena engine version 3");
        assertThat(execution.status().completionDateTime())
                .isAfterOrEqualTo(execution.status().submissionDateTime());
        assertThat(execution.statistics().dataScannedInBytes()).isZero();
        QueryExecution failed = sql.execute("SELECT * FROM nowhere");
        assertThat(failed.status().athenaError().errorCategory()).isEqualTo(2);
        assertThat(failed.status().athenaError().errorType()).isEqualTo(1301);
        assertThat(failed.status().athenaError().retryable()).isFalse();
        assertThat(sql.execute("SHOW DATABASES").substatementType()).isEqualTo("SHOW_DATABASES");
    }

    @Test
    void pages_hold_the_header_once_and_a_full_one_has_a_token() {
        QueryExecution execution = sql.execute("SELECT x FROM (VALUES 1, NULL, 3) v(x) ORDER BY x");
        GetQueryResultsResponse first = client.getQueryResults(
                get -> get.queryExecutionId(execution.queryExecutionId()).maxResults(2));
        assertThat(first.resultSet().rows())
                .hasToString("[Row(Data=[Datum(VarCharValue=x)])," + " Row(Data=[Datum(VarCharValue=1)])]");
        GetQueryResultsResponse second = client.getQueryResults(get ->
                get.queryExecutionId(execution.queryExecutionId()).maxResults(2).nextToken(first.nextToken()));
        assertThat(second.resultSet().rows()).hasToString("[Row(Data=[Datum(VarCharValue=3)]), Row(Data=[Datum()])]");
        GetQueryResultsResponse last = client.getQueryResults(get ->
                get.queryExecutionId(execution.queryExecutionId()).maxResults(2).nextToken(second.nextToken()));
        assertThat(last.resultSet().rows()).isEmpty();
        assertThat(last.nextToken()).isNull();
        ColumnInfo column = first.resultSet().resultSetMetadata().columnInfo().get(0);
        assertThat(column.type()).isEqualTo("integer");
        assertThat(column.precision()).isEqualTo(10);
        assertThat(column.nullableAsString()).isEqualTo("UNKNOWN");
    }

    @Test
    void a_page_that_cannot_be_had_is_refused() {
        String id = sql.execute("SELECT 1").queryExecutionId();
        assertThat(refused(() ->
                        client.getQueryResults(get -> get.queryExecutionId(id).maxResults(1001))))
                .isEqualTo("INVALID_INPUT MaxResults is more than maximum allowed length 1000");
        assertThat(refused(() ->
                        client.getQueryResults(get -> get.queryExecutionId(id).nextToken("bogus"))))
                .isEqualTo("INVALID_INPUT Malformed nextPageToken bogus");
        String failed = sql.execute("SELECT * FROM nowhere").queryExecutionId();
        assertThat(refused(() -> client.getQueryResults(get -> get.queryExecutionId(failed))))
                .isEqualTo("INVALID_QUERY_EXECUTION_STATE Query did not finish successfully. Final query state:"
                        + " FAILED");
        String ddl = sql.execute("DROP TABLE nowhere").queryExecutionId();
        assertThat(client.getQueryResults(get -> get.queryExecutionId(ddl))
                        .resultSet()
                        .rows())
                .hasToString("[Row(Data=[Datum(VarCharValue=FAILED: SemanticException [Error 10001]: Table not found"
                        + " default.nowhere)])]");
        assertThat(refused(() -> client.getQueryExecution(get -> get.queryExecutionId("nope"))))
                .isEqualTo("QUERY_EXECUTION_NOT_FOUND QueryExecution nope was not found");
    }

    private static String refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        InvalidRequestException refused =
                Objects.requireNonNull(catchThrowableOfType(InvalidRequestException.class, call));
        return refused.athenaErrorCode() + " " + refused.awsErrorDetails().errorMessage();
    }

    @Test
    void a_token_stands_for_its_first_execution_even_if_that_failed() {
        String token = UUID.randomUUID().toString();
        var request = sql.request("SELECT * FROM nowhere").clientRequestToken(token);
        String id = client.startQueryExecution(request.build()).queryExecutionId();
        sql.await(id);
        assertThat(client.startQueryExecution(request.workGroup("located").build())
                        .queryExecutionId())
                .isEqualTo(id);
        assertThat(refused(() -> client.startQueryExecution(
                        request.queryString("SELECT 2").build())))
                .isEqualTo("IDEMPOTENT_PARAMETER_MISMATCH Idempotent parameters do not match");
        String other = UUID.randomUUID().toString();
        assertThat(refused(() -> client.startQueryExecution(
                        sql.request("SELECT FROM").clientRequestToken(other).build())))
                .startsWith("MALFORMED_QUERY line 1:8: mismatched input 'FROM'. Expecting:");
        assertThat(client.startQueryExecution(sql.request("SELECT 1")
                                .clientRequestToken(other)
                                .build())
                        .queryExecutionId())
                .isNotEqualTo(id);
    }

    @Test
    void parameters_are_sql_or_text() {
        QueryExecution execution = sql.await(client.startQueryExecution(sql.request("SELECT ?, ?, ?, ?")
                        .executionParameters("1+1", "'it''s'", "abc", "DATE '2024-01-01'")
                        .build())
                .queryExecutionId());
        assertThat(sql.object(execution.resultConfiguration().outputLocation()))
                .endsWith("\"2\",\"it's\",\"abc\",\"2024-01-01\"\n");
        QueryExecution wrong = sql.await(client.startQueryExecution(
                        sql.request("SELECT ?, ?").executionParameters("1").build())
                .queryExecutionId());
        assertThat(wrong.status().stateChangeReason())
                .isEqualTo("INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected 2 but found"
                        + " 1");
    }

    @Test
    void a_workgroup_says_where_results_go() {
        assertThat(location("primary", null)).startsWith("INVALID_INPUT No output location provided.");
        assertThat(location("located", null)).startsWith("s3://athena-local-results/located/");
        assertThat(location("located", "s3://athena-local-results/mine")).startsWith("s3://athena-local-results/mine/");
        assertThat(location("enforced", "s3://athena-local-results/mine"))
                .startsWith("s3://athena-local-results/enforced/");
        assertThat(location("enforced", "http://x")).isEqualTo("INVALID_INPUT outputLocation is not a valid S3 path.");
        assertThat(location("primary", "s3://no-such-bucket/"))
                .isEqualTo("INVALID_INPUT Unable to verify/create output bucket no-such-bucket");
        assertThat(location("nowhere", null)).isEqualTo("INVALID_INPUT WorkGroup is not found.");
        assertThat(client.getWorkGroup(get -> get.workGroup("enforced"))
                        .workGroup()
                        .configuration()
                        .enforceWorkGroupConfiguration())
                .isTrue();
    }

    private String location(String workGroup, @org.jspecify.annotations.Nullable String asked) {
        var request = sql.request("SELECT 1")
                .workGroup(workGroup)
                .resultConfiguration(result -> result.outputLocation(asked));
        try {
            return sql.await(client.startQueryExecution(request.build()).queryExecutionId())
                    .resultConfiguration()
                    .outputLocation();
        } catch (InvalidRequestException refused) {
            return refused.athenaErrorCode() + " " + refused.awsErrorDetails().errorMessage();
        }
    }

    @Test
    void managed_results_have_no_location_but_can_be_paged() {
        String id = client.startQueryExecution(
                        start -> start.queryString("SELECT 7 AS x").workGroup("managed"))
                .queryExecutionId();
        assertThat(sql.await(id).resultConfiguration().outputLocation()).isNull();
        assertThat(client.getQueryResults(get -> get.queryExecutionId(id))
                        .resultSet()
                        .rows())
                .hasSize(2);
        assertThat(location("managed", "s3://athena-local-results/"))
                .isEqualTo("INVALID_INPUT ResultConfiguration and ManagedQueryResultsConfiguration cannot be set"
                        + " together");
    }

    @Test
    void many_executions_are_asked_for_at_once() {
        String id = sql.execute("SELECT 1").queryExecutionId();
        BatchGetQueryExecutionResponse batch =
                client.batchGetQueryExecution(get -> get.queryExecutionIds(id, "missing"));
        assertThat(batch.queryExecutions())
                .extracting(QueryExecution::queryExecutionId)
                .containsExactly(id);
        assertThat(batch.unprocessedQueryExecutionIds().get(0).errorMessage())
                .isEqualTo("QueryExecution missing was not found");
    }

    @Test
    void a_stopped_query_is_cancelled_and_stopping_a_finished_one_does_nothing() {
        try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.RUNNING)) {
            String id = sql.start("SELECT 1");
            hold.awaitHeld(1, java.time.Duration.ofSeconds(30));
            assertThat(sql.get(id).status().state()).isEqualTo(QueryExecutionState.RUNNING);
            assertThat(refused(() -> client.getQueryResults(get -> get.queryExecutionId(id))))
                    .isEqualTo("INVALID_QUERY_EXECUTION_STATE Query has not yet finished. Current state: RUNNING");
            client.stopQueryExecution(stop -> stop.queryExecutionId(id));
            QueryExecution stopped = sql.await(id);
            assertThat(stopped.status().state()).isEqualTo(QueryExecutionState.CANCELLED);
            assertThat(stopped.status().stateChangeReason()).isEqualTo("Query cancelled by user");
            assertThat(refused(() -> client.getQueryResults(get -> get.queryExecutionId(id))))
                    .isEqualTo("RESULT_NOT_FOUND Could not find results");
        }
        String done = sql.execute("SELECT 1").queryExecutionId();
        client.stopQueryExecution(stop -> stop.queryExecutionId(done));
        assertThat(sql.get(done).status().state()).isEqualTo(QueryExecutionState.SUCCEEDED);
    }

    @Test
    void a_query_that_computes_for_long_can_be_stopped() {
        String id = sql.start("SELECT count(*) FROM " + crossJoins());
        client.stopQueryExecution(stop -> stop.queryExecutionId(id));
        assertThat(sql.await(id).status().state()).isEqualTo(QueryExecutionState.CANCELLED);
        sql.awaitActive(0);
    }

    private static String crossJoins() {
        String numbers = "(VALUES 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) ";
        StringBuilder from = new StringBuilder(numbers + "t0(x)");
        for (int i = 1; i < 14; i++) {
            from.append(" CROSS JOIN ").append(numbers).append('t').append(i).append("(x)");
        }
        return from + " WHERE t0.x + t13.x + t7.x < 9";
    }

    @Test
    void strangers_are_refused() {
        try (AthenaClient stranger = AthenaClient.builder()
                .endpointOverride(athena.athenaEndpoint())
                .region(athena.region())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIANOBODY", "x")))
                .build()) {
            assertThatThrownBy(() -> stranger.getWorkGroup(get -> get.workGroup("primary")))
                    .isInstanceOfSatisfying(
                            AthenaException.class,
                            refused -> assertThat(refused.awsErrorDetails().errorCode())
                                    .isEqualTo("UnrecognizedClientException"));
        }
        String id = athena.credentials().resolveCredentials().accessKeyId();
        try (AthenaClient forger = AthenaClient.builder()
                .endpointOverride(athena.athenaEndpoint())
                .region(athena.region())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(id, "guess")))
                .build()) {
            assertThatThrownBy(() -> forger.getWorkGroup(get -> get.workGroup("primary")))
                    .isInstanceOfSatisfying(
                            AthenaException.class,
                            refused -> assertThat(refused.awsErrorDetails().errorCode())
                                    .isEqualTo("InvalidSignatureException"));
        }
    }

    @Test
    void unknown_targets_and_content_types_are_refused_without_an_error_type_header()
            throws IOException, InterruptedException {
        assertThat(post("application/x-amz-json-1.1", "AmazonAthena.getQueryExecution")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post("application/x-amz-json-1.0", "AmazonAthena.GetQueryExecution")
                        .statusCode())
                .isEqualTo(404);
        HttpResponse<String> unknown = post("application/x-amz-json-1.1", "Nonsense");
        assertThat(unknown.body()).isEqualTo("{\"__type\":\"UnknownOperationException\"}");
        assertThat(unknown.headers().map())
                .doesNotContainKey("x-amzn-errortype")
                .containsKey("x-amzn-requestid");
    }

    private HttpResponse<String> post(String contentType, String target) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(athena.athenaEndpoint() + "/"))
                .header("Content-Type", contentType)
                .header("X-Amz-Target", target)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_workgroup_can_be_created_and_changed() {
        client.createWorkGroup(create -> create.name("made")
                .configuration(configuration -> configuration
                        .enforceWorkGroupConfiguration(false)
                        .resultConfiguration(result -> result.outputLocation("s3://athena-local-results/made/"))));
        assertThat(location("made", null)).startsWith("s3://athena-local-results/made/");
        client.updateWorkGroup(update -> update.workGroup("made")
                .configurationUpdates(updates -> updates.enforceWorkGroupConfiguration(true)
                        .resultConfigurationUpdates(
                                result -> result.outputLocation("s3://athena-local-results/other/"))));
        assertThat(location("made", "s3://athena-local-results/mine")).startsWith("s3://athena-local-results/other/");
        assertThat(List.of(location("made", null))).hasSize(1);
    }
}
