package io.github.tieredquery.athenalocal.internal.execution;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.ResultColumn;
import io.github.tieredquery.athenalocal.internal.type.WorkGroup;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** One started statement and how far it is. Thread-safe. */
public final class Execution {
    private static final long CANCEL_PAUSE_NANOS = 10_000_000;

    private final String id;
    private final String sql;
    private final Plan plan;
    private final @Nullable String catalog;
    private final @Nullable String database;
    private final WorkGroup workGroup;
    private final @Nullable String outputLocation;
    private final LongConsumer whenOver;
    private final Instant submitted = Instant.now();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Deque<QueryExecutionState> pretended = new ArrayDeque<>();
    private QueryExecutionState state = QueryExecutionState.QUEUED;
    private @Nullable Instant started;
    private @Nullable Instant completed;
    private @Nullable QueryFailedException failure;
    private @Nullable String reason;
    private @Nullable Thread thread;
    private @Nullable Statement statement;
    private boolean late;
    private boolean over;
    private long scannedBytes;
    private Result result = Result.NONE;

    /**
     * What a finished statement answers with.
     *
     * @param file the result file, null if there's none
     * @param manifest the address of the list of written files, null if there's none
     */
    public record Result(
            @Nullable Path file,
            boolean csv,
            List<ResultColumn> columns,
            @Nullable String manifest) {
        public static final Result NONE = new Result(null, false, List.of(), null);

        Result(@Nullable Path file, boolean csv, List<ResultColumn> columns) {
            this(file, csv, columns, null);
        }
    }

    /** @param whenOver told once how many bytes it has scanned, before anybody can see that it succeeded or failed */
    public Execution(
            String id,
            String sql,
            Plan plan,
            @Nullable String catalog,
            @Nullable String database,
            WorkGroup workGroup,
            @Nullable String outputLocation,
            LongConsumer whenOver) {
        this.id = id;
        this.sql = sql;
        this.plan = plan;
        this.catalog = catalog;
        this.database = database;
        this.workGroup = workGroup;
        this.outputLocation = outputLocation;
        this.whenOver = whenOver;
    }

    public String id() {
        return id;
    }

    public String sql() {
        return sql;
    }

    public Plan plan() {
        return plan;
    }

    @Nullable
    public String catalog() {
        return catalog;
    }

    @Nullable
    public String database() {
        return database;
    }

    public WorkGroup workGroup() {
        return workGroup;
    }

    /** The address of its result file; null if Athena keeps it. */
    @Nullable
    public String outputLocation() {
        return outputLocation;
    }

    /** A moment's view of what changes. */
    public record Progress(
            QueryExecutionState state,
            Instant submitted,
            @Nullable Instant started,
            @Nullable Instant completed,
            @Nullable String reason,
            @Nullable QueryFailedException failure,
            long scannedBytes,
            Result result) {

        public Duration queued() {
            return Duration.between(
                    submitted, started != null ? started : completed != null ? completed : Instant.now());
        }

        public Duration total() {
            return Duration.between(submitted, completed == null ? Instant.now() : completed);
        }
    }

    public synchronized Progress progress() {
        return new Progress(state, submitted, started, completed, reason, failure, scannedBytes, result);
    }

    /** What the next look shows: a fault may have pretended that it isn't over. */
    public synchronized Progress observe() {
        QueryExecutionState next = pretended.poll();
        return next == null || next == state
                ? progress()
                : new Progress(next, submitted, started, null, null, null, 0, Result.NONE);
    }

    public synchronized void pretend(List<QueryExecutionState> states) {
        pretended.addAll(states);
    }

    synchronized boolean isFinished() {
        return state == QueryExecutionState.SUCCEEDED
                || state == QueryExecutionState.FAILED
                || state == QueryExecutionState.CANCELLED;
    }

    /** Binds it to the thread that carries it out; false if it was cancelled before. */
    public synchronized boolean begin(Thread runner, boolean takesEffectLate) {
        thread = runner;
        late = takesEffectLate;
        return !isFinished();
    }

    public synchronized boolean run() {
        if (isFinished()) {
            return false;
        }
        state = QueryExecutionState.RUNNING;
        started = Instant.now();
        return true;
    }

    /**
     * Names the DuckDB statement that a cancel has to reach; null once it's over.
     *
     * @throws SQLException if the execution was cancelled before
     */
    synchronized void attach(@Nullable Statement running) throws SQLException {
        statement = running;
        if (running != null && isFinished()) {
            throw new SQLException("The query was cancelled before it ran.");
        }
    }

    public synchronized void scanned(long bytes) {
        scannedBytes += bytes;
    }

    public synchronized void succeed(Result with) {
        if (!isFinished()) {
            result = with;
            end(QueryExecutionState.SUCCEEDED, null);
        }
    }

    public synchronized void fail(QueryFailedException cause, Result with) {
        if (!isFinished()) {
            failure = cause;
            result = with;
            end(QueryExecutionState.FAILED, cause.reason());
        }
    }

    /** Stops it if it's still going on. */
    public synchronized void cancel() {
        if (isFinished()) {
            return;
        }
        finish(QueryExecutionState.CANCELLED, "Query cancelled by user");
        if (late) {
            return;
        }
        if (statement != null) {
            Thread canceller = new Thread(this::cancelStatement, "athena-local-cancel-" + id);
            canceller.setDaemon(true);
            canceller.start();
        }
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** DuckDB forgets a cancel that comes before the statement runs, so it's repeated until the statement is over. */
    private void cancelStatement() {
        while (cancelledStatement()) {
            LockSupport.parkNanos(CANCEL_PAUSE_NANOS);
        }
    }

    private synchronized boolean cancelledStatement() {
        if (statement == null) {
            return false;
        }
        try {
            statement.cancel();
            return true;
        } catch (SQLException alreadyOver) {
            return false;
        }
    }

    /** Detaches the thread, so that a late cancel doesn't interrupt what it does next. */
    public synchronized void release() {
        thread = null;
        statement = null;
        Thread.interrupted();
        tell();
    }

    /** What was counted has to be seen by whoever sees the last state. */
    private void end(QueryExecutionState last, @Nullable String why) {
        tell();
        finish(last, why);
    }

    private void tell() {
        if (!over) {
            over = true;
            whenOver.accept(scannedBytes);
        }
    }

    private void finish(QueryExecutionState last, @Nullable String why) {
        state = last;
        reason = why;
        completed = Instant.now();
        finished.countDown();
    }

    public void awaitFinished() throws InterruptedException {
        finished.await();
    }
}
