package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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

    private void over(Consumer<Execution> end) {
        List<Execution> self = new ArrayList<>();
        Execution execution = new Execution(
                "id",
                "SELECT 1",
                Plan.of("SELECT 1", List.of()),
                null,
                null,
                new WorkGroup("primary", null, false, false),
                null,
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
