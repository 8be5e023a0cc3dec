package io.github.tieredquery.athena.internal.execution;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.spi.ScanCharge;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.InvalidRequestException;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;

/**
 * Runs statements: starts them, waits for their end, and stops them when the query that needs them stops. Thread-safe.
 *
 * <p>Each statement has a random token, kept only while its start is tried again: Athena gives the same execution for
 * the same token, also if it has failed.
 */
public final class StatementRunner {

    /** Athena's limit on the text of a statement. */
    public static final int LONGEST_STATEMENT_BYTES = 262_144;

    private static final Logger LOG = LoggerFactory.getLogger(StatementRunner.class);
    private static final Duration UNLIMITED = Duration.ofDays(365);
    private static final Duration RERUN_PAUSE = Duration.ofSeconds(1);
    private static final int STOP_ATTEMPTS = 3;
    private static final Duration STOPPED_LOOK = Duration.ofMillis(500);
    private static final Duration STOPPED_PAUSE = Duration.ofMillis(50);
    /** So long whoever stops a query waits for Athena to have stopped its statement. */
    private static final Duration STOP_WAIT = Duration.ofMillis(300);
    /** So long it is tried. */
    private static final Duration STOP_TIME = Duration.ofSeconds(20);

    private static final Pattern EXECUTION_ID = Pattern.compile("[0-9A-Za-z-]{1,128}");

    private final AwsAccess aws;
    private final String source;
    private final RunnerOptions options;
    private final Pauses pauses;
    private final AthenaCalls calls;
    private final StartQueue queue = new StartQueue();

    public StatementRunner(AwsAccess aws, String source, RunnerOptions options, Pauses pauses) {
        this.aws = aws;
        this.source = source;
        this.options = options;
        this.pauses = pauses;
        this.calls = new AthenaCalls(aws, pauses, options.throttleLimit());
    }

    public AthenaCalls calls() {
        return calls;
    }

    /** For tests that stand in it. */
    public StartQueue queue() {
        return queue;
    }

    /**
     * Runs a statement to its end.
     *
     * @return the execution, which has succeeded
     */
    public Execution run(String sql, ScanControl control) {
        checkLength(sql);
        Backoff backoff = new Backoff(pauses, RERUN_PAUSE, options.longestPoll().multipliedBy(2), UNLIMITED);
        for (int rerun = 0; ; rerun++) {
            QueryExecution ended = runOnce(sql, control);
            String id = ended.queryExecutionId();
            if (ended.status().state() == QueryExecutionState.SUCCEEDED) {
                String output = ended.resultConfiguration() == null
                        ? null
                        : ended.resultConfiguration().outputLocation();
                return new Execution(
                        id, output, bytesScanned(ended), ended.status().completionDateTime());
            }
            // What the query's own end has stopped isn't a failure of Athena's.
            control.check("waiting for " + source + " (execution " + id + ")");
            if (!ExecutionFailure.isRetryable(ended) || rerun == options.reruns()) {
                throw ExecutionFailure.of(source, ended, rerun + 1);
            }
            LOG.info(
                    "{}: execution {} failed and may be run again: {}",
                    source,
                    id,
                    ended.status().stateChangeReason());
            backoff.pause(control, "waiting to run again what failed at " + source + " (execution " + id + ")");
        }
    }

    /**
     * An execution of a statement that was run before.
     *
     * @param id may come from a stranger
     * @return the execution; null if there is none, or it hasn't succeeded, or is of another statement
     */
    @Nullable
    public Execution finished(String id, String sql, ScanControl control) {
        String what = "looking at a result of " + source + " (execution " + id + ")";
        if (!EXECUTION_ID.matcher(id).matches()) {
            return null;
        }
        QueryExecution found = calls.call(control, what, () -> {
            try {
                return aws.athena(control)
                        .getQueryExecution(request -> request.queryExecutionId(id))
                        .queryExecution();
            } catch (InvalidRequestException e) {
                LOG.debug("{}: {}", what, AwsErrors.message(e));
                return null;
            }
        });
        if (found == null
                || found.status().state() != QueryExecutionState.SUCCEEDED
                || found.resultConfiguration() == null
                || !sql.equals(found.query())
                || (found.queryExecutionContext() != null
                        && found.queryExecutionContext().catalog() != null
                        && !found.queryExecutionContext().catalog().equalsIgnoreCase(options.catalog()))) {
            return null;
        }
        return new Execution(
                id,
                found.resultConfiguration().outputLocation(),
                0,
                found.status().completionDateTime());
    }

    private void checkLength(String sql) {
        int length = sql.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_STATEMENT_BYTES) {
            throw new BadQueryException(source + ": the statement has " + length + " bytes, and Athena takes "
                    + LONGEST_STATEMENT_BYTES + "; ask for fewer values in one filter");
        }
    }

    public static long bytesScanned(QueryExecution ended) {
        Long bytes = ended.statistics() == null ? null : ended.statistics().dataScannedInBytes();
        return bytes == null ? -1 : bytes;
    }

    private QueryExecution runOnce(String sql, ScanControl control) {
        String id = start(sql, control);
        AtomicBoolean running = new AtomicBoolean(true);
        Runnable stop = () -> {
            if (running.getAndSet(false)) {
                stop(id);
            }
        };
        ScanControl.Registration registration = control.onStop(stop);
        try {
            QueryExecution ended = poll(id, control);
            running.set(false);
            return ended;
        } catch (QueryCancelledException | QueryTimedOutException e) {
            stop.run();
            ScanCharge.add(e, new ScanStats(id, scannedByStopped(id)));
            throw e;
        } finally {
            registration.close();
            stop.run();
        }
    }

    /**
     * How many bytes an execution has scanned that is being stopped, which Athena charges: as much as it tells within a
     * short time, since somebody waits who has no time left.
     *
     * @return -1 if it doesn't say
     */
    private long scannedByStopped(String id) {
        boolean interrupted = Thread.interrupted();
        long bytes = -1;
        try {
            ScanControl look = ScanControl.within(STOPPED_LOOK);
            while (true) {
                QueryExecution found = aws.athena(look)
                        .getQueryExecution(request -> request.queryExecutionId(id))
                        .queryExecution();
                bytes = bytesScanned(found);
                if (found.status().state() != QueryExecutionState.QUEUED
                        && found.status().state() != QueryExecutionState.RUNNING) {
                    return bytes;
                }
                look.pause(STOPPED_PAUSE, "waiting for execution " + id + " to stop");
            }
        } catch (SdkException | QueryTimedOutException | QueryCancelledException e) {
            LOG.debug("{}: the stopped execution {} doesn't say yet what it has scanned", source, id, e);
            return bytes;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private QueryExecution poll(String id, ScanControl control) {
        String what = "waiting for " + source + " (execution " + id + ")";
        Backoff backoff = new Backoff(pauses, options.firstPoll(), options.longestPoll(), UNLIMITED);
        while (true) {
            backoff.pause(control, what);
            QueryExecution execution = calls.call(
                    control,
                    what,
                    () -> aws.athena(control)
                            .getQueryExecution(request -> request.queryExecutionId(id))
                            .queryExecution());
            // A running query may fall back to QUEUED; only these three are ends.
            switch (execution.status().state()) {
                case SUCCEEDED, FAILED, CANCELLED -> {
                    return execution;
                }
                default -> LOG.debug("{}: {}", what, execution.status().state());
            }
        }
    }

    /**
     * Starts a statement that is to run on by itself, whatever becomes of this process.
     *
     * @param token the same one gives the same execution, for an hour at least
     */
    public String start(String sql, String token, ScanControl control) {
        checkLength(sql);
        StartQueryExecutionRequest request = request(sql, token);
        return calls.call(control, "starting a statement of " + source, () -> {
            try {
                return aws.athena(control).startQueryExecution(request).queryExecutionId();
            } catch (AwsServiceException e) {
                refuseMalformed(e);
                throw e;
            }
        });
    }

    /** Looks at an execution once, whatever its state. */
    public QueryExecution look(String id, ScanControl control) {
        return calls.call(
                control,
                "looking at " + source + " (execution " + id + ")",
                () -> aws.athena(control)
                        .getQueryExecution(request -> request.queryExecutionId(id))
                        .queryExecution());
    }

    private String start(String sql, ScanControl control) {
        StartQueryExecutionRequest request = request(sql, UUID.randomUUID().toString());
        String what = "starting a statement of " + source;
        AthenaCalls.Attempts attempts = calls.new Attempts(control, what);
        boolean mayRun = false;
        StartQueue.@Nullable Place place = queue.isEmpty() ? null : queue.join();
        try {
            while (true) {
                control.check(what);
                if (place != null) {
                    attempts.queue(place::isFirst);
                }
                boolean before = mayRun;
                try {
                    mayRun = true;
                    String id = aws.athena(control).startQueryExecution(request).queryExecutionId();
                    mayRun = false;
                    return id;
                } catch (QueryTimedOutException | QueryCancelledException e) {
                    // The caller's own words say more.
                    control.check(what);
                    throw e;
                } catch (AwsServiceException e) {
                    mayRun = before || AwsErrors.isInternal(e);
                    if (AwsErrors.isConcurrency(e) && place == null) {
                        place = queue.join();
                    }
                    refuseMalformed(e);
                    attempts.failed(e);
                } catch (SdkClientException e) {
                    attempts.failed(e);
                }
            }
        } finally {
            if (place != null) {
                place.close();
            }
            if (mayRun) {
                stopUnknown(request);
            }
        }
    }

    private StartQueryExecutionRequest request(String sql, String token) {
        StartQueryExecutionRequest.Builder request = StartQueryExecutionRequest.builder()
                .queryString(sql)
                .clientRequestToken(token)
                .queryExecutionContext(
                        context -> context.catalog(options.catalog()).database(options.database()))
                .resultReuseConfiguration(reuse -> reuse.resultReuseByAgeConfiguration(byAge -> byAge.enabled(false)));
        if (options.workGroup() != null) {
            request.workGroup(options.workGroup());
        }
        if (options.results() != null) {
            request.resultConfiguration(options.results());
        }
        return request.build();
    }

    private void refuseMalformed(AwsServiceException error) {
        if (AwsErrors.message(error).contains("MALFORMED_QUERY")
                || (error instanceof InvalidRequestException invalid
                        && "MALFORMED_QUERY".equals(invalid.athenaErrorCode()))) {
            throw new BadQueryException(
                    source + ": Athena can't read the statement: " + AwsErrors.message(error), error);
        }
    }

    /**
     * Stops what may have been started by a call whose answer was lost. The same token gives its id; if it wasn't
     * started, it is now, and stopped at once.
     */
    private void stopUnknown(StartQueryExecutionRequest request) {
        briefly(stopping -> {
            for (int attempt = 1; attempt <= STOP_ATTEMPTS; attempt++) {
                try {
                    AthenaClient athena = aws.athena(stopping);
                    String id = athena.startQueryExecution(request).queryExecutionId();
                    athena.stopQueryExecution(stop -> stop.queryExecutionId(id));
                    return;
                } catch (SdkException e) {
                    LOG.warn("{}: a statement may have been started and can't be stopped yet", source, e);
                }
            }
        });
    }

    /** Stops an execution; fails if that can't be done. One that has ended stays as it is. */
    public void stop(String id, ScanControl control) {
        calls.call(
                control,
                "stopping " + source + " (execution " + id + ")",
                () -> aws.athena(control).stopQueryExecution(request -> request.queryExecutionId(id)));
    }

    /** Stops an execution as well as it can: it is called where nothing can wait and no error helps. */
    public void stop(String id) {
        briefly(stopping -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    aws.athena(stopping).stopQueryExecution(request -> request.queryExecutionId(id));
                    return;
                } catch (SdkException e) {
                    if (attempt == STOP_ATTEMPTS) {
                        LOG.warn("{}: execution {} could not be stopped and may run to its end", source, id, e);
                        return;
                    }
                }
            }
        });
    }

    /**
     * Does what helps nobody who waits, and waits for it all the same, but for a moment only; it goes on for a while on
     * its own. The thread may be interrupted, and the SDK refuses to call for one.
     */
    private void briefly(Consumer<ScanControl> last) {
        boolean interrupted = Thread.interrupted();
        try {
            ScanControl.within(STOP_WAIT)
                    .await(
                            "stopping what runs at " + source,
                            () -> {
                                last.accept(ScanControl.within(STOP_TIME));
                                return true;
                            },
                            done -> {});
        } catch (QueryTimedOutException | QueryCancelledException e) {
            LOG.debug("{}: stopping an execution takes its time", source, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
