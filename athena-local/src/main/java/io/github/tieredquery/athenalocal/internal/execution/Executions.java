package io.github.tieredquery.athenalocal.internal.execution;

import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.athenalocal.internal.type.AthenaApiException;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.WorkGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** All executions, their idempotency tokens, and the threads that carry them out. Thread-safe. */
public final class Executions implements AutoCloseable {
    private final Map<String, Execution> byId = new ConcurrentHashMap<>();
    private final Map<String, Started> byToken = new HashMap<>();
    private final StatementRunner runner;
    private final Faults faults;
    private final int maxActive;
    private final Semaphore running;
    private final AtomicInteger active = new AtomicInteger();
    private final LongAdder scannedBytes = new LongAdder();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "athena-local-query-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    public Executions(StatementRunner runner, Faults faults, int maxActive, int maxRunning) {
        this.runner = runner;
        this.faults = faults;
        this.maxActive = maxActive;
        this.running = new Semaphore(maxRunning);
    }

    /** What Athena compares when a token comes again: neither parameters nor the workgroup. */
    public record Request(
            String sql,
            @Nullable String catalog,
            @Nullable String database,
            @Nullable String outputLocation) {}

    private record Started(Request request, String id) {}

    /** Starts a statement, or finds the one that the token started before, whatever became of it. */
    public synchronized String start(
            String token, Request request, Plan plan, WorkGroup workGroup, @Nullable String folder) {
        Started earlier = byToken.get(token);
        if (earlier != null) {
            if (!earlier.request().equals(request)) {
                throw AthenaApiException.invalid("IDEMPOTENT_PARAMETER_MISMATCH", "Idempotent parameters do not match");
            }
            return earlier.id();
        }
        if (active.get() >= maxActive) {
            Fault limit = Fault.tooManyRequests();
            throw new AthenaApiException(400, limit.code(), "CONCURRENT_QUERY_LIMIT_EXCEEDED", limit.message());
        }
        String id = UUID.randomUUID().toString();
        String location = folder == null ? null : folder + (folder.endsWith("/") ? "" : "/") + id + plan.resultSuffix();
        Execution execution = new Execution(
                id, request.sql(), plan, request.catalog(), request.database(), workGroup, location, this::isOver);
        byId.put(id, execution);
        byToken.put(token, new Started(request, id));
        active.incrementAndGet();
        executor.execute(() -> carryOut(execution));
        return id;
    }

    @Nullable
    public Execution find(String id) {
        return byId.get(id);
    }

    public int active() {
        return active.get();
    }

    public long scannedBytes() {
        return scannedBytes.sum();
    }

    private void carryOut(Execution execution) {
        boolean late = execution.plan().isDdl() && faults.isLate(execution.sql());
        try {
            if (!execution.begin(Thread.currentThread(), late)) {
                return;
            }
            faults.pass(QueryExecutionState.QUEUED, execution.sql());
            running.acquire();
            try {
                if (execution.run()) {
                    runHeld(execution, late);
                }
            } finally {
                running.release();
            }
        } catch (InterruptedException cancelled) {
            execution.cancel();
        } finally {
            execution.release();
        }
    }

    private void isOver(long scanned) {
        scannedBytes.add(scanned);
        active.decrementAndGet();
    }

    private void runHeld(Execution execution, boolean late) throws InterruptedException {
        // A held query doesn't take the place of one that could run.
        running.release();
        try {
            faults.pass(QueryExecutionState.RUNNING, execution.sql());
            if (late) {
                faults.pass(null, execution.sql());
            }
        } finally {
            running.acquireUninterruptibly();
        }
        Fault fault = faults.strike(Faults.EXECUTION, execution.sql());
        if (fault != null && fault.kind() == Fault.Kind.BACK_TO_QUEUED) {
            execution.pretend(
                    List.of(QueryExecutionState.RUNNING, QueryExecutionState.QUEUED, QueryExecutionState.RUNNING));
        }
        try {
            if (fault != null && fault.kind() == Fault.Kind.FAILED_QUERY) {
                throw new QueryFailedException(1, 200, fault.message(), fault.retryable());
            }
            execution.succeed(runner.run(execution));
        } catch (QueryFailedException failure) {
            execution.fail(failure, failureResult(execution, failure));
        } catch (RuntimeException | StackOverflowError failure) {
            execution.fail(
                    new QueryFailedException(1, 200, "GENERIC_INTERNAL_ERROR: " + failure, false),
                    Execution.Result.NONE);
        }
    }

    /** A failed statement of Hive's leaves its reason behind as its result. */
    private Execution.Result failureResult(Execution execution, QueryFailedException failure) {
        if (!execution.plan().isHive() || execution.isFinished()) {
            return Execution.Result.NONE;
        }
        try {
            return runner.writeLines(execution, List.of(failure.reason()), List.of());
        } catch (QueryFailedException notWritten) {
            return Execution.Result.NONE;
        }
    }

    @Override
    public void close() {
        byId.values().forEach(Execution::cancel);
        executor.shutdownNow();
        try {
            boolean over = executor.awaitTermination(30, TimeUnit.SECONDS);
            if (!over) {
                throw new IllegalStateException("Queries are still running 30 seconds after they were cancelled.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Executions[" + Objects.toString(byId.keySet()) + "]";
    }
}
