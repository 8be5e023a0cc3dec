package io.github.tieredquery.athena.internal.aws;

import io.github.tieredquery.spi.ScanControl;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetQueryResultsRequest;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.GetTableMetadataRequest;
import software.amazon.awssdk.services.athena.model.GetTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionResponse;

/** The calls of Athena that the source makes, for one query. Thread-safe. */
public final class TimedAthena implements AthenaClient {

    private final AthenaClient client;
    private final TimedCalls calls;

    public TimedAthena(AthenaClient client, ScanControl control) {
        this.client = client;
        this.calls = new TimedCalls(control, client, "Athena");
    }

    @Override
    public StartQueryExecutionResponse startQueryExecution(StartQueryExecutionRequest request) {
        return calls.call(request, client::startQueryExecution);
    }

    @Override
    public StopQueryExecutionResponse stopQueryExecution(StopQueryExecutionRequest request) {
        return calls.call(request, client::stopQueryExecution);
    }

    @Override
    public GetQueryExecutionResponse getQueryExecution(GetQueryExecutionRequest request) {
        return calls.call(request, client::getQueryExecution);
    }

    @Override
    public GetQueryResultsResponse getQueryResults(GetQueryResultsRequest request) {
        return calls.call(request, client::getQueryResults);
    }

    @Override
    public GetTableMetadataResponse getTableMetadata(GetTableMetadataRequest request) {
        return calls.call(request, client::getTableMetadata);
    }

    @Override
    public String serviceName() {
        return client.serviceName();
    }

    /** Does nothing: the client is somebody else's. */
    @Override
    public void close() {}
}
