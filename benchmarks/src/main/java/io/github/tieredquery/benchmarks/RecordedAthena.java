package io.github.tieredquery.benchmarks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetTableMetadataRequest;
import software.amazon.awssdk.services.athena.model.GetTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionResponse;

/**
 * Runs each statement once and answers with that execution ever after, so that what is measured is the reading of the
 * result and not the engine that made it.
 */
final class RecordedAthena implements AthenaClient {

    private final AthenaClient athena;
    private final Map<String, String> executions = new ConcurrentHashMap<>();
    private final Map<String, GetQueryExecutionResponse> ended = new ConcurrentHashMap<>();

    RecordedAthena(AthenaClient athena) {
        this.athena = athena;
    }

    @Override
    public StartQueryExecutionResponse startQueryExecution(StartQueryExecutionRequest request) {
        String id = executions.computeIfAbsent(
                request.queryString(),
                sql -> athena.startQueryExecution(request).queryExecutionId());
        return StartQueryExecutionResponse.builder().queryExecutionId(id).build();
    }

    @Override
    public GetQueryExecutionResponse getQueryExecution(GetQueryExecutionRequest request) {
        GetQueryExecutionResponse known = ended.get(request.queryExecutionId());
        if (known != null) {
            return known;
        }
        GetQueryExecutionResponse response = athena.getQueryExecution(request);
        if (response.queryExecution().status().state() == QueryExecutionState.SUCCEEDED) {
            ended.put(request.queryExecutionId(), response);
        }
        return response;
    }

    @Override
    public StopQueryExecutionResponse stopQueryExecution(StopQueryExecutionRequest request) {
        return StopQueryExecutionResponse.builder().build();
    }

    @Override
    public GetTableMetadataResponse getTableMetadata(GetTableMetadataRequest request) {
        return athena.getTableMetadata(request);
    }

    /** Where the result of a statement lies that starts with a text and that has been run once. */
    String outputOf(String start) {
        String sql = executions.keySet().stream()
                .filter(each -> each.startsWith(start))
                .reduce((one, another) -> {
                    throw new IllegalStateException("both " + one + " and " + another + " were run");
                })
                .orElseThrow(() -> new IllegalStateException("nothing was run that starts with " + start));
        return athena.getQueryExecution(request -> request.queryExecutionId(executions.get(sql)))
                .queryExecution()
                .resultConfiguration()
                .outputLocation();
    }

    @Override
    public String serviceName() {
        return athena.serviceName();
    }

    /** The client is somebody else's. */
    @Override
    public void close() {}
}
