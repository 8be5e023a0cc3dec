package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athenalocal.internal.execution.Execution;
import io.github.tieredquery.athenalocal.internal.execution.Plan;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.WorkGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

class ExecutionTest {
    private final List<String> counted = new ArrayList<>();

    @Test
    void what_it_scanned_is_counted_once_before_its_end_can_be_seen() {
        over(execution -> execution.succeed(Execution.Result.NONE));
        over(execution -> execution.fail(new QueryFailedException(1, 200, "broken", false), Execution.Result.NONE));
        assertThat(counted).containsExactly("42 while RUNNING", "42 while RUNNING");
    }

    @Test
    void a_cancelled_one_is_over_when_its_work_is() {
        over(execution -> {
            execution.cancel();
            assertThat(counted).isEmpty();
        });
        assertThat(counted).containsExactly("42 while CANCELLED");
    }

    @Test
    void a_look_shows_a_state_and_figures_of_one_moment() {
        Execution execution = execution(bytes -> {});
        execution.begin(Thread.currentThread(), true);
        execution.run();
        execution.scanned(42);
        execution.pretend(List.of(QueryExecutionState.QUEUED));
        execution.succeed(Execution.Result.NONE);
        Execution.Progress pretended = execution.observe();
        Execution.Progress real = execution.observe();

        assertThat(pretended.state()).isEqualTo(QueryExecutionState.QUEUED);
        assertThat(pretended.completed()).isNull();
        assertThat(pretended.scannedBytes()).isZero();
        assertThat(real.state()).isEqualTo(QueryExecutionState.SUCCEEDED);
        assertThat(real.completed()).isNotNull();
        assertThat(real.scannedBytes()).isEqualTo(42);
    }

    private static Execution execution(LongConsumer whenOver) {
        return new Execution(
                "id",
                "SELECT 1",
                Plan.of("SELECT 1", List.of()),
                null,
                null,
                new WorkGroup("primary", null, false, false),
                null,
                whenOver);
    }

    private void over(Consumer<Execution> end) {
        List<Execution> self = new ArrayList<>();
        Execution execution = execution(
                bytes -> counted.add(bytes + " while " + self.get(0).progress().state()));
        self.add(execution);
        execution.begin(Thread.currentThread(), true);
        execution.run();
        execution.scanned(42);
        end.accept(execution);
        execution.release();
        assertThat(execution.progress().state()).isNotEqualTo(QueryExecutionState.RUNNING);
    }
}
