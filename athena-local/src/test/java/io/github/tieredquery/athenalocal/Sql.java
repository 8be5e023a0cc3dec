package io.github.tieredquery.athenalocal;

import io.github.tieredquery.athenalocal.internal.type.S3Address;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.model.Datum;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;

/** Queries through the SDK's own client, as a user would send them. */
public final class Sql {
    private final AthenaLocal athena;

    public Sql(AthenaLocal athena) {
        this.athena = athena;
    }

    public StartQueryExecutionRequest.Builder request(String sql) {
        return StartQueryExecutionRequest.builder()
                .queryString(sql)
                .clientRequestToken(UUID.randomUUID().toString())
                .resultConfiguration(result -> result.outputLocation(athena.outputLocation()));
    }

    public String start(String sql) {
        return athena.athenaClient().startQueryExecution(request(sql).build()).queryExecutionId();
    }

    public QueryExecution get(String id) {
        return athena.athenaClient()
                .getQueryExecution(request -> request.queryExecutionId(id))
                .queryExecution();
    }

    public QueryExecution await(String id) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < deadline) {
            QueryExecution execution = get(id);
            QueryExecutionState state = execution.status().state();
            if (state != QueryExecutionState.QUEUED && state != QueryExecutionState.RUNNING) {
                return execution;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        throw new AssertionError("The query " + id + " doesn't end.");
    }

    /** Waits until that many queries are queued or running. */
    public void awaitActive(int queries) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (athena.counters().activeQueries() != queries) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(athena.counters().activeQueries() + " queries are active.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    public QueryExecution execute(String sql) {
        return await(start(sql));
    }

    /** Why a query failed. */
    @Nullable
    public String failure(String sql) {
        QueryExecution execution = execute(sql);
        if (execution.status().state() != QueryExecutionState.FAILED) {
            throw new AssertionError("The query is " + execution.status().state() + ": " + sql);
        }
        return execution.status().stateChangeReason();
    }

    /** The bytes of the result file as text. */
    String csv(String sql) {
        QueryExecution execution = execute(sql);
        if (execution.status().state() != QueryExecutionState.SUCCEEDED) {
            throw new AssertionError(execution.status().stateChangeReason());
        }
        return object(execution.resultConfiguration().outputLocation());
    }

    String object(String location) {
        S3Address address = Objects.requireNonNull(S3Address.parse(location));
        return athena.s3Client()
                .getObjectAsBytes(get -> get.bucket(address.bucket()).key(address.key()))
                .asUtf8String();
    }

    /** The rows as GetQueryResults tells them, without the header. */
    public List<List<@Nullable String>> rows(String sql) {
        QueryExecution execution = execute(sql);
        if (execution.status().state() != QueryExecutionState.SUCCEEDED) {
            throw new AssertionError(execution.status().stateChangeReason());
        }
        return athena
                .athenaClient()
                .getQueryResultsPaginator(request -> request.queryExecutionId(execution.queryExecutionId()))
                .stream()
                .flatMap(page -> page.resultSet().rows().stream())
                .skip(1)
                .map(row -> row.data().stream().map(Datum::varCharValue).toList())
                .toList();
    }

    void put(String key, String content) {
        athena.s3Client().putObject(put -> put.bucket(athena.bucket()).key(key), RequestBody.fromString(content));
    }

    void put(String key, byte[] content) {
        athena.s3Client().putObject(put -> put.bucket(athena.bucket()).key(key), RequestBody.fromBytes(content));
    }
}
