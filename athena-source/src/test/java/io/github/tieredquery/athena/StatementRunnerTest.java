package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.execution.Execution;
import io.github.tieredquery.athena.internal.execution.Pauses;
import io.github.tieredquery.athena.internal.execution.RunnerOptions;
import io.github.tieredquery.athena.internal.execution.StartQueue;
import io.github.tieredquery.athena.internal.execution.StatementRunner;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.athenalocal.fault.QueryGate;
import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.ResultConfiguration;

class StatementRunnerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ROLE = "arn:aws:iam::210987654321:role/reader";

    private static AthenaLocal athena;
    private static AwsAccess aws;

    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
    /** Records and doesn't wait. The jitter is none: each pause is the whole of its time. */
    private final Pauses recorded = new Pauses(
            (control, time, what) -> {
                pauses.add(time);
                control.check(what);
            },
            () -> 1.0);

    private Counters before = new Counters(java.util.Map.of(), java.util.Map.of(), java.util.Map.of(), 0, 0, 0, 0, 0);

    @BeforeAll
    static void start() {
        athena = AthenaLocal.builder().role(ROLE, "x1").start();
        aws = Athenas.access(athena).build();
    }

    @AfterAll
    static void stop() {
        aws.close();
        athena.close();
    }

    @BeforeEach
    void count() {
        before = athena.counters();
    }

    @AfterEach
    void clear() {
        athena.faults().clear();
        assertNothingRuns();
    }

    @Test
    void a_statement_runs_and_says_where_its_result_is() {
        Execution execution = runner(recorded).run("SELECT 1", ScanControl.unlimited());
        assertThat(execution.outputLocation()).isEqualTo(athena.outputLocation() + execution.id() + ".csv");
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void calls_that_are_throttled_come_again_later_and_later() {
        athena.faults().on("StartQueryExecution").times(4).inject(Fault.throttling());
        runner(recorded).run("SELECT 1", ScanControl.unlimited());
        assertThat(pauses.subList(0, 4))
                .containsExactly(
                        Duration.ofMillis(200),
                        Duration.ofMillis(400),
                        Duration.ofMillis(800),
                        Duration.ofMillis(1600));
        assertThat(started()).isEqualTo(5);
    }

    @Test
    void jitter_keeps_half_of_each_pause() {
        athena.faults().on("StartQueryExecution").times(2).inject(Fault.throttling());
        Pauses shortest = new Pauses((control, time, what) -> pauses.add(time), () -> 0.0);
        runner(shortest).run("SELECT 1", ScanControl.unlimited());
        assertThat(pauses.subList(0, 2)).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200));
    }

    @Test
    void too_many_queries_at_once_are_waited_for_far_beyond_what_the_sdk_waits() {
        athena.faults().on("StartQueryExecution").times(9).inject(Fault.tooManyRequests());
        runner(recorded).run("SELECT 1", ScanControl.unlimited());
        assertThat(pauses.subList(0, 9).stream().reduce(Duration.ZERO, Duration::plus))
                .isEqualTo(Duration.ofMillis(200 + 400 + 800 + 1600 + 3200 + 6400 + 10_000 + 10_000 + 10_000));
    }

    @Test
    void a_limit_that_stays_is_reported_as_such() {
        athena.faults().on("StartQueryExecution").times(100).inject(Fault.tooManyRequests());
        assertThatThrownBy(() -> runner(recorded).run("SELECT 1", ScanControl.unlimited()))
                .isInstanceOf(ThrottledException.class)
                .hasMessage("starting a statement of athena:lake.t: Athena went on refusing for PT1M2.6S:"
                        + " TooManyRequestsException: You have exceeded the limit for the number of queries you can"
                        + " run concurrently. Reduce the number of concurrent queries submitted by this account."
                        + ". Try again later, ask AWS for a higher limit, or allow more with throttleLimit(…)");
    }

    @Test
    void internal_errors_of_any_call_are_tried_again() {
        athena.faults().on("StartQueryExecution").times(2).inject(Fault.internalError());
        athena.faults().on("GetQueryExecution").times(2).inject(Fault.internalError());
        runner(recorded).run("SELECT 1", ScanControl.unlimited());
        assertThat(started()).isEqualTo(3);
    }

    @Test
    void a_start_whose_answer_is_lost_is_not_started_twice() {
        athena.faults().on("StartQueryExecution").times(2).inject(Fault.lostResponse());
        int results = results();
        runner(recorded).run("SELECT 2", ScanControl.unlimited());
        assertThat(started()).isEqualTo(3);
        assertThat(results() - results).as("results of executions").isEqualTo(1);
    }

    @Test
    void a_query_that_falls_back_to_the_queue_is_waited_for() {
        athena.faults().on(Faults.EXECUTION).inject(Fault.backToQueued());
        runner(recorded).run("SELECT 1", ScanControl.unlimited());
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void what_failed_retryably_is_run_again_as_another_execution() {
        athena.faults().on(Faults.EXECUTION).times(2).inject(Fault.retryableFailure("INTERNAL_ERROR: a node was lost"));
        runner(recorded).run("SELECT 1", ScanControl.unlimited());
        assertThat(started()).isEqualTo(3);
    }

    @Test
    void what_goes_on_failing_is_given_up() {
        athena.faults().on(Faults.EXECUTION).times(3).inject(Fault.retryableFailure("INTERNAL_ERROR: a node was lost"));
        assertThatThrownBy(() -> runner(recorded).run("SELECT 1", ScanControl.unlimited()))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageMatching("athena:lake\\.t: execution [0-9a-f-]{36} failed in attempt 3:"
                        + " INTERNAL_ERROR: a node was lost");
        assertThat(started()).isEqualTo(3);
    }

    @Test
    void a_failure_for_good_is_not_run_again() {
        athena.faults().on(Faults.EXECUTION).inject(Fault.failure("HIVE_BAD_DATA: bad line"));
        assertThatThrownBy(() -> runner(recorded).run("SELECT 1", ScanControl.unlimited()))
                .isExactlyInstanceOf(BadDataException.class)
                .hasMessageMatching("athena:lake\\.t: execution [0-9a-f-]{36} failed: HIVE_BAD_DATA: bad line\\. A file"
                        + " of the table holds what its column's encoding can't read");
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void a_function_that_refuses_its_argument_blames_nobody() {
        athena.faults().on(Faults.EXECUTION).inject(Fault.failure("INVALID_FUNCTION_ARGUMENT: integer overflow"));
        assertThatThrownBy(() -> runner(recorded).run("SELECT 1", ScanControl.unlimited()))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageMatching(
                        "athena:lake\\.t: execution [0-9a-f-]{36} failed: INVALID_FUNCTION_ARGUMENT: integer"
                                + " overflow\\. A function was given what it doesn't take: by a file that holds what its column's"
                                + " encoding can't mean, or by a statement that this version of Athena can't run\\. Look at the"
                                + " values that the reason names; if they are sound, report the statement of the execution");
    }

    @Test
    void a_sum_of_more_than_38_digits_is_a_bad_query() {
        String sql = "SELECT sum(x) FROM (VALUES decimal '60000000000000000000000000000000000000',"
                + " decimal '60000000000000000000000000000000000000') v(x)";
        assertThatThrownBy(() -> runner(recorded).run(sql, ScanControl.unlimited()))
                .isInstanceOf(BadQueryException.class)
                .hasMessageMatching(
                        "athena:lake\\.t: execution [0-9a-f-]{36} failed: NUMERIC_VALUE_OUT_OF_RANGE: Decimal"
                                + " overflow\\. A sum has more than 38 digits there; aggregate fewer rows at a time");
    }

    @Test
    void a_missing_table_is_a_matter_of_configuration() {
        assertThatThrownBy(() -> runner(recorded).run("SELECT a FROM nowhere", ScanControl.unlimited()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("TABLE_NOT_FOUND")
                .hasMessageEndingWith("The table in Athena isn't the one that the source describes");
    }

    @Test
    void a_database_that_is_not_there_is_a_matter_of_configuration() {
        assertThatThrownBy(() -> runner(recorded)
                        .run(
                                "CREATE EXTERNAL TABLE `nowhere`.`t` (a string) LOCATION 's3://" + athena.bucket()
                                        + "/t/'",
                                ScanControl.unlimited()))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessageMatching(
                        "athena:lake\\.t: execution [0-9a-f-]{36} failed: FAILED: SemanticException \\[Error"
                                + " 10072\\]: Database does not exist: nowhere\\. Create it, or correct the name or location that"
                                + " the source has");
    }

    @Test
    void a_statement_that_athena_cannot_read_is_a_bad_query() {
        assertThatThrownBy(() -> runner(recorded).run("SELEKT 1", ScanControl.unlimited()))
                .isInstanceOf(BadQueryException.class)
                .hasMessageStartingWith("athena:lake.t: Athena can't read the statement: ");
    }

    @Test
    void a_statement_that_is_too_long_is_not_sent() {
        String sql = "SELECT '" + "x".repeat(262_144) + "'";
        assertThatThrownBy(() -> runner(recorded).run(sql, ScanControl.unlimited()))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("athena:lake.t: the statement has 262153 bytes, and Athena takes 262144; ask for fewer"
                        + " values in one filter");
        assertThat(started()).isZero();
    }

    @Test
    void what_is_not_allowed_is_a_matter_of_configuration() {
        athena.faults().on("StartQueryExecution").inject(Fault.error(400, "AccessDeniedException", "You may not."));
        assertThatThrownBy(() -> runner(recorded).run("SELECT 1", ScanControl.unlimited()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("starting a statement of athena:lake.t: AccessDeniedException: You may not. Allow it in the"
                        + " policy of the caller or of the role");
    }

    @Test
    void credentials_that_a_service_calls_expired_are_taken_anew_from_the_role() {
        try (AwsAccess role = Athenas.access(athena)
                .assumeRole(ROLE)
                .externalId("x1")
                .sessionName("flights")
                .build()) {
            athena.faults().on("StartQueryExecution").inject(Fault.expiredCredentials());
            runner(role, recorded).run("SELECT 1", ScanControl.unlimited());
        }
        assertThat(athena.counters().since(before).sts("AssumeRole")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = QueryExecutionState.class,
            names = {"QUEUED", "RUNNING"})
    void cancelling_stops_the_query_in_any_state(QueryExecutionState state) {
        ScanControl control = ScanControl.unlimited();
        try (QueryGate hold = athena.faults().holdInState(state)) {
            CompletableFuture<Execution> running = inBackground(control);
            hold.awaitHeld(1, PATIENCE);
            awaitLookedAt();
            control.cancel();
            assertThatThrownBy(running::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(QueryCancelledException.class)
                    .hasMessageContaining("athena:lake.t (execution ");
            assertNothingRuns();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = QueryExecutionState.class,
            names = {"QUEUED", "RUNNING"})
    void a_timeout_stops_the_query_in_any_state(QueryExecutionState state) {
        AtomicLong nanos = new AtomicLong();
        ScanControl control = ScanControl.within(Duration.ofSeconds(10), nanos::get);
        try (QueryGate hold = athena.faults().holdInState(state)) {
            CompletableFuture<Execution> running = inBackground(control);
            hold.awaitHeld(1, PATIENCE);
            awaitLookedAt();
            nanos.set(Duration.ofSeconds(11).toNanos());
            assertThatThrownBy(running::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(QueryTimedOutException.class)
                    .hasMessageStartingWith("the timeout of PT10S passed while waiting for athena:lake.t (execution ");
            assertNothingRuns();
        }
    }

    @Test
    void a_query_that_ends_while_its_state_is_asked_for_was_not_stopped_by_somebody_else() {
        ScanControl control = ScanControl.unlimited();
        try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.RUNNING)) {
            athena.faults()
                    .on("GetQueryExecution")
                    .matching(id -> {
                        control.cancel();
                        return false;
                    })
                    .inject(Fault.throttling());
            assertThatThrownBy(() -> runner(recorded).run("SELECT 1", control))
                    .isInstanceOf(QueryCancelledException.class)
                    .hasMessageStartingWith("the query was cancelled while waiting for athena:lake.t (execution ");
            assertThat(hold.held()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void a_query_that_was_started_without_an_answer_is_stopped_as_well() {
        ScanControl control = ScanControl.unlimited();
        Pauses cancelling = new Pauses(
                (each, time, what) -> {
                    control.cancel();
                    each.check(what);
                },
                () -> 1.0);
        try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.RUNNING)) {
            athena.faults().on("StartQueryExecution").inject(Fault.lostResponse());
            assertThatThrownBy(() -> runner(cancelling).run("SELECT 1", control))
                    .isInstanceOf(QueryCancelledException.class);
            assertThat(hold.held()).isLessThanOrEqualTo(1);
            assertNothingRuns();
        }
        assertThat(started()).as("the same start, once more, for its id").isEqualTo(2);
    }

    @Test
    void an_interrupt_stops_the_query_and_stays_set() throws InterruptedException {
        try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.RUNNING)) {
            List<Object> seen = Collections.synchronizedList(new ArrayList<>());
            Thread thread = new Thread(() -> {
                try {
                    runner(Pauses.real()).run("SELECT 1", ScanControl.unlimited());
                } catch (QueryCancelledException e) {
                    seen.add(e);
                    seen.add(Thread.currentThread().isInterrupted());
                }
            });
            thread.start();
            hold.awaitHeld(1, PATIENCE);
            thread.interrupt();
            thread.join(PATIENCE.toMillis());
            assertThat(seen).hasSize(2).last().isEqualTo(true);
            assertNothingRuns();
        }
    }

    /** Whoever waits for what a stopped query has cost is in a hurry, and the query has ended for another reason. */
    @Test
    void an_interrupt_while_a_stopped_query_is_charged_leaves_its_error_as_it_is() throws InterruptedException {
        ScanControl control = ScanControl.unlimited();
        Thread asking = Thread.currentThread();
        Thread interrupting = new Thread(() -> {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!isWaitingForTheCharge(asking) && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            asking.interrupt();
        });
        try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.RUNNING)) {
            athena.faults()
                    .on("StopQueryExecution")
                    .times(20)
                    .inject(Fault.error(400, "InternalServerException", "No"));
            athena.faults()
                    .on("GetQueryExecution")
                    .matching(id -> {
                        control.cancel();
                        return false;
                    })
                    .inject(Fault.throttling());
            interrupting.start();
            assertThatThrownBy(() -> runner(recorded).run("SELECT 1", control))
                    .isInstanceOf(QueryCancelledException.class)
                    .hasMessageStartingWith("the query was cancelled while waiting for athena:lake.t (execution ");
            interrupting.join(PATIENCE.toMillis());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(hold.held()).isEqualTo(1);
        }
    }

    private static boolean isWaitingForTheCharge(Thread thread) {
        Set<String> methods = Arrays.stream(thread.getStackTrace())
                .map(StackTraceElement::getMethodName)
                .collect(Collectors.toSet());
        return methods.containsAll(Set.of("scannedByStopped", "pause"));
    }

    @Test
    void a_failure_to_ask_for_the_state_stops_the_query() {
        try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.RUNNING)) {
            athena.faults().on("GetQueryExecution").inject(Fault.error(400, "AccessDeniedException", "You may not."));
            assertThatThrownBy(() -> runner(recorded).run("SELECT 1", ScanControl.unlimited()))
                    .isInstanceOf(ConfigurationException.class);
            assertThat(hold.held()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void waiting_statements_start_in_the_order_in_which_they_came() {
        StartQueue queue = new StartQueue();
        try (StartQueue.Place first = queue.join();
                StartQueue.Place second = queue.join()) {
            assertThat(first.isFirst()).isTrue();
            assertThat(second.isFirst()).isFalse();
            first.close();
            assertThat(second.isFirst()).isTrue();
        }
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void waiting_behind_others_counts_as_being_refused() {
        StatementRunner runner = runner(recorded);
        try (StartQueue.Place other = runner.queue().join()) {
            assertThatThrownBy(() -> runner.run("SELECT 1", ScanControl.unlimited()))
                    .isInstanceOf(ThrottledException.class)
                    .hasMessage("starting a statement of athena:lake.t, with others before it in the queue: as many"
                            + " queries as Athena allows have been running for PT1M. Try again later, ask AWS for a"
                            + " higher limit, or allow more with throttleLimit(…)");
            assertThat(other.isFirst()).isTrue();
        }
        assertThat(started()).isZero();
        assertThat(runner.queue().isEmpty()).isTrue();
    }

    @Test
    void a_timeout_ends_the_waiting_behind_others() {
        AtomicLong nanos = new AtomicLong();
        ScanControl control = ScanControl.within(Duration.ofSeconds(10), nanos::get);
        Pauses timed = new Pauses(
                (each, time, what) -> {
                    nanos.addAndGet(time.toNanos());
                    each.check(what);
                },
                () -> 1.0);
        StatementRunner runner = runner(timed);
        try (StartQueue.Place other = runner.queue().join()) {
            assertThatThrownBy(() -> runner.run("SELECT 1", control))
                    .isInstanceOf(QueryTimedOutException.class)
                    .hasMessage("the timeout of PT10S passed while starting a statement of athena:lake.t, with others"
                            + " before it in the queue; what ran was stopped. Narrow the query or allow more time");
            assertThat(other.isFirst()).isTrue();
        }
        assertThat(runner.queue().isEmpty()).isTrue();
    }

    /** A stop is answered at once and takes effect soon after. */
    private static void assertNothingRuns() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (athena.counters().activeQueries() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(athena.counters().activeQueries()).as("queries left running").isZero();
    }

    /**
     * From then on the client knows the execution's id; a query that runs in Athena may still be being started here.
     */
    private void awaitLookedAt() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (athena.counters().since(before).athena("GetQueryExecution") == 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(athena.counters().since(before).athena("GetQueryExecution")).isPositive();
    }

    private CompletableFuture<Execution> inBackground(ScanControl control) {
        Pauses quick = new Pauses((each, time, what) -> each.pause(Duration.ofMillis(5), what), () -> 1.0);
        return CompletableFuture.supplyAsync(() -> runner(quick).run("SELECT 1", control));
    }

    private static StatementRunner runner(Pauses pauses) {
        return runner(aws, pauses);
    }

    private static StatementRunner runner(AwsAccess access, Pauses pauses) {
        RunnerOptions options = new RunnerOptions(
                null,
                "AwsDataCatalog",
                "default",
                ResultConfiguration.builder()
                        .outputLocation(athena.outputLocation())
                        .build(),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                Duration.ofMinutes(1),
                2);
        return new StatementRunner(access, "athena:lake.t", options, pauses);
    }

    private long started() {
        return athena.counters().since(before).athena("StartQueryExecution");
    }

    private static int results() {
        return (int)
                athena
                        .s3Client()
                        .listObjectsV2Paginator(request -> request.bucket(athena.resultsBucket()))
                        .contents()
                        .stream()
                        .filter(each -> each.key().endsWith(".csv"))
                        .count();
    }
}
